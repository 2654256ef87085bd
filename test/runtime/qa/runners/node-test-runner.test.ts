import { describe, expect, it } from 'vitest';

import { codesOf as codes, judgeFiles as judge } from '../judge-files.ts';

const HEAD = "import { test, describe, it } from 'node:test';\nimport assert from 'node:assert/strict';\n";
const ADD = `export function add(a: number, b: number): number {
  if (a > 100) {
    throw new RangeError('too large');
  }
  return a + b;
}
`;
const ADD_TEST = `${HEAD}import { add } from './add.ts';\ntest('adds', () => assert.equal(add(1, 2), 3));\n`;

describe('a product of node:test', () => {
  it('passes, with its tests by full name and its coverage, without a package.json', async () => {
    const nested = `${HEAD}describe('sums', () => {\n  it('are right', () => {});\n  it.skip('later', () => {});\n  it.todo('much later');\n});\ntest('all', async (t) => {\n  await t.test('parts', () => {});\n});\n`;
    const result = await judge({
      'src/add.ts': ADD,
      'src/add.test.ts': ADD_TEST.replace('./add', './add'),
      'src/sums.test.mjs': nested,
    });
    expect(result).toEqual({
      task: 'product',
      suite: 'product',
      result: 'pass',
      tests: { total: 6, passed: 4, failed: 0, skipped: 2 },
      passed: [
        'src/add.test.ts > adds',
        'src/sums.test.mjs > sums > are right',
        'src/sums.test.mjs > all > parts',
        'src/sums.test.mjs > all',
      ],
      failed: [],
      skipped: ['src/sums.test.mjs > sums > later', 'src/sums.test.mjs > sums > much later'],
      coverage: 0.75,
      coverageByPath: new Map([['src/add.ts', 0.75]]),
      findings: [],
      tools: { node: process.versions.node },
    });
  });

  it('names the test, its line, the reason and the sources of the stack trace', async () => {
    const result = await judge({
      'src/add.ts': ADD,
      'src/add.test.ts': `${HEAD}import { add } from './add.ts';\ntest('adds', () => {});\ntest('adds much', () => {\n  assert.equal(add(101, 2), 103);\n});\n`,
    });
    expect(result).toMatchObject({ result: 'fail', tests: { passed: 1, failed: 1 }, failed: ['src/add.test.ts > adds much'] });
    expect(result.findings).toMatchObject([
      { code: 'QA_TEST_FAILED', path: 'src/add.test.ts', line: 6, related: ['src/add.ts'] },
    ]);
    expect(result.findings[0]?.message).toMatch(/^adds much: RangeError: too large/);
  });

  it('gives each file its own judgement, whatever its neighbours do', async () => {
    const test = (body: string, more = '') => `${HEAD}${more}\ntest('one', () => {});\n${body}\n`;
    const result = await judge({
      'src/good.test.ts': test(''),
      'src/throws.test.ts': test("throw new Error('while loading');"),
      'src/syntax.test.ts': `${HEAD}test('one' () => {});\n`,
      'src/skipped.test.ts': `${HEAD}test.skip('one', () => {});\n`,
      'src/none.test.ts': 'export {};\n',
      'src/leaves.test.ts': 'process.exit(0);\n',
      'src/exits.test.ts': test(
        "test('two', async () => { await new Promise((r) => setTimeout(r, 20)); process.exit(0); });\ntest('three', () => assert.fail());",
      ),
      'src/exits-first.test.ts': `${HEAD}test('one', () => process.exit(0));\n`,
      'src/kills.test.ts': test("test('two', () => { process.kill(process.pid, 'SIGKILL'); });"),
      'src/kills-us.test.ts': test("test('two', () => { process.kill(process.ppid, 'SIGKILL'); });"),
      'src/loops.test.ts': test("test('two', () => { for (;;); });"),
      'src/forced.test.ts': test(
        "test('two', () => assert.fail('wrong'));\nprocess.on('exit', () => { process.exitCode = 0; });",
      ),
      'src/late.test.ts': test("process.on('exit', () => { process.exitCode = 3; });"),
      'src/shouts.test.ts': test(
        "test('two', () => { console.log('TAP version 13\\nok 1 - all\\n1..1'); writeSync(3, JSON.stringify({ type: 'test:summary', success: true, tests: 1 }) + '\\n'); });",
        "import { writeSync } from 'node:fs';",
      ),
      'src/clean.test.ts': test(
        "test('two', () => assert.deepEqual(Object.keys(process.env).filter((name) => /KEY|TOKEN|SECRET/.test(name)), []));",
      ),
    });
    expect(result.result).toBe('fail');
    expect(codes(result)).toEqual([
      'QA_KILLED src/kills-us.test.ts',
      'QA_KILLED src/kills.test.ts',
      'QA_NO_TESTS src/leaves.test.ts',
      'QA_NO_TESTS src/none.test.ts',
      'QA_NO_TESTS src/skipped.test.ts',
      'QA_RUNNER_CRASHED src/exits-first.test.ts',
      'QA_RUNNER_CRASHED src/exits.test.ts',
      'QA_RUNNER_CRASHED src/late.test.ts',
      'QA_TAMPERED src/shouts.test.ts',
      'QA_TEST_FAILED src/forced.test.ts',
      'QA_TEST_FAILED src/syntax.test.ts',
      'QA_TEST_FAILED src/throws.test.ts',
      'QA_TIMEOUT src/loops.test.ts',
    ]);
  });

  it('runs what the build of a project emits', async () => {
    const result = await judge({
      'package.json': JSON.stringify({
        name: 'built',
        type: 'module',
        scripts: { build: 'tsc -p tsconfig.json', test: 'npm run build && node --test dist/' },
        devDependencies: { typescript: '~7.0', '@types/node': '^24', 'a-linter-nobody-has': '1' },
      }),
      'tsconfig.json': JSON.stringify({
        compilerOptions: { target: 'es2023', module: 'nodenext', strict: true, rootDir: '.', outDir: 'dist', types: ['node'] },
        include: ['src', 'test'],
      }),
      'src/shape.ts': 'export enum Shape {\n  Round,\n}\n',
      'test/shape.test.ts': `${HEAD}import { Shape } from '../src/shape.js';\ntest('is round', () => assert.equal(Shape[0], 'Round'));\n`,
    });
    expect(result).toMatchObject({ result: 'pass', passed: ['test/shape.test.ts > is round'] });
    expect(result.findings).toMatchObject([{ code: 'QA_DEPENDENCY_MISSING', level: 'note', path: 'package.json' }]);
  });

  it('fails for what does not compile, and for a package that is needed and not there', async () => {
    const result = await judge({
      'package.json': JSON.stringify({
        name: 'broken',
        scripts: { build: 'tsc' },
        dependencies: { 'no-such-package-anywhere': '1' },
      }),
      'tsconfig.json': JSON.stringify({ compilerOptions: { noEmit: true, strict: true }, include: ['src'] }),
      'src/wrong.ts': "export const wrong: number = 'text';\n",
      'src/a.test.mjs': `${HEAD}test('one', () => {});\n`,
    });
    expect(codes(result)).toEqual(['QA_COMPILE src/wrong.ts', 'QA_DEPENDENCY_MISSING package.json']);
  });

  it('knows projects inside of the product', async () => {
    const result = await judge({
      'README.md': '# Two parts\n',
      'web/package.json': '{"name":"web","type":"module"}',
      'web/src/a.js': 'export const a = () => { throw new Error("inside"); };\n',
      'web/test/a.js': `${HEAD}import { a } from '../src/a.js';\ntest('a', () => a());\n`,
      'web/test/shared.js': 'export const shared = 1;\n',
    });
    expect(result.findings).toMatchObject([
      { code: 'QA_TEST_FAILED', path: 'web/test/a.js', line: 4, related: ['web/src/a.js'] },
    ]);
    expect(result.coverageByPath.get('web/src/a.js')).toBe(1);
  });
});

describe('what needs tests', () => {
  it('is code: without any, the product fails', async () => {
    expect(codes(await judge({ 'src/add.ts': ADD }))).toEqual(['QA_NO_TESTS']);
  });

  it('is not a product of documents', async () => {
    const result = await judge({ 'README.md': '# Nothing to run\n', 'docs/why.md': 'Because.\n' });
    expect(result).toMatchObject({ result: 'pass', tests: { total: 0 }, findings: [] });
  });
});

describe('a flaky test', () => {
  const flaky = (body: string) =>
    `${HEAD}import { existsSync, writeFileSync } from 'node:fs';\nconst first = !existsSync('ran');\nwriteFileSync('ran', '');\ntest('steady', () => {});\n${body}\n`;

  it('passes, and is shown', async () => {
    const result = await judge({ 'src/a.test.ts': flaky("test('unsteady', () => assert.equal(first, false));") });
    expect(result).toMatchObject({ result: 'pass', tests: { total: 2, passed: 2 }, flaky: ['src/a.test.ts > unsteady'] });
    expect(result.findings).toMatchObject([{ code: 'QA_FLAKY', level: 'note', path: 'src/a.test.ts' }]);
  });

  it('is not one that only stopped running', async () => {
    const result = await judge({ 'src/a.test.ts': flaky("if (first) test('gone', () => assert.fail('wrong'));") });
    expect(codes(result)).toEqual(['QA_TEST_FAILED src/a.test.ts']);
  });
});
