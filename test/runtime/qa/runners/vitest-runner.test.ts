import { describe, expect, it } from 'vitest';

import { codesOf, judgeFiles } from '../judge-files.ts';

const PACKAGE_JSON = JSON.stringify({
  name: 'small',
  type: 'module',
  scripts: { test: 'vitest run' },
  devDependencies: { vitest: '^5' },
});
const HEAD = "import { describe, expect, it } from 'vitest';\n";

describe('a product of Vitest', () => {
  it('has its tests by full name, those that it tried again itself shown as flaky', async () => {
    const result = await judgeFiles({
      'package.json': PACKAGE_JSON,
      'src/half.ts': 'export const half = (n: number): number => n / 2;\n',
      'src/half.test.ts': `${HEAD}import { half } from './half.ts';\ndescribe('half', () => {\n  it('is right', () => expect(half(4)).toBe(2));\n  it.skip('later', () => {});\n});\nlet tries = 0;\nit('is tried again', { retry: 1 }, () => expect(tries++).toBe(1));\n`,
    });
    expect(result).toMatchObject({
      result: 'pass',
      tests: { total: 3, passed: 2, skipped: 1 },
      passed: ['src/half.test.ts > half > is right', 'src/half.test.ts > is tried again'],
      flaky: ['src/half.test.ts > is tried again'],
      findings: [{ code: 'QA_FLAKY', level: 'note' }],
      tools: { vitest: expect.stringMatching(/^5\./) },
    });
  });

  it('gives each file its own judgement, whatever its neighbours do', { timeout: 120_000 }, async () => {
    const files = {
      'package.json': PACKAGE_JSON,
      'src/deep.ts': 'export function deep(): void {\n  throw new Error("deep");\n}\n',
      'src/good.test.ts': `${HEAD}it('one', () => {});\n`,
      'src/fails.test.ts': `${HEAD}import { deep } from './deep.ts';\nit('one', () => {\n  deep();\n});\n`,
      'src/throws.test.ts': `${HEAD}it('one', () => {});\nthrow new Error('while loading');\n`,
      'src/none.test.ts': 'export {};\n',
      'src/kills.test.ts': `${HEAD}it('one', () => { process.kill(process.pid, 'SIGKILL'); });\n`,
      'src/kills-vitest.test.ts': `${HEAD}it('one', () => { process.kill(process.ppid, 'SIGKILL'); });\n`,
      'src/loops.test.ts': `${HEAD}it('one', () => { for (;;); });\n`,
      'src/stray.test.ts': `${HEAD}it('one', () => { void Promise.reject(new Error('stray')); });\n`,
      'src/exits.test.ts': `${HEAD}it('one', () => process.exit(0));\n`,
    };
    // On a busy machine Vitest takes seconds to begin.
    const result = await judgeFiles(files, { limits: { stallMs: 12_000, memoryMb: 256 } });
    expect(codesOf(result)).toEqual([
      'QA_KILLED src/kills-vitest.test.ts',
      'QA_KILLED src/kills.test.ts',
      'QA_NO_TESTS src/none.test.ts',
      'QA_TEST_FAILED src/exits.test.ts',
      'QA_TEST_FAILED src/fails.test.ts',
      'QA_TEST_FAILED src/stray.test.ts',
      'QA_TEST_FAILED src/throws.test.ts',
      'QA_TIMEOUT src/loops.test.ts',
    ]);
    const failure = result.findings.find(({ path }) => path === 'src/fails.test.ts');
    expect(failure).toMatchObject({ line: 4, related: ['src/deep.ts'], message: expect.stringMatching(/^one: Error: deep/) });
  });

  it('fails if its configuration leaves a test file out, or takes over the report', async () => {
    const test = `${HEAD}it('one', () => {});\n`;
    const files = { 'package.json': PACKAGE_JSON, 'src/a.test.ts': test, 'src/b.test.ts': test };
    const config = (settings: string) => `export default { test: ${settings} };\n`;
    expect(codesOf(await judgeFiles({ ...files, 'vitest.config.js': config("{ include: ['src/a.test.ts'] }") }))).toEqual([
      'QA_NO_TESTS src/b.test.ts',
    ]);
    expect(codesOf(await judgeFiles({ ...files, 'vitest.config.js': 'process.exit(0);\n' }))).toEqual([
      'QA_REPORT_MISSING src/a.test.ts',
      'QA_REPORT_MISSING src/b.test.ts',
    ]);
  });

  it('needs Vitest to be declared', async () => {
    const result = await judgeFiles({ 'src/a.test.ts': `${HEAD}it('one', () => {});\n` });
    expect(codesOf(result)).toEqual(['QA_TOOL_MISSING src/a.test.ts']);
  });
});
