import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { createQaEngine } from '../../../src/runtime/qa/engine.ts';
import type { Check, CheckResult } from '../../../src/runtime/qa/report.ts';
import { PACKAGE_JSON, productOf, testFile } from './product.ts';

/** A product with every way to go wrong, in one batch: each file must get its own judgement in spite of its neighbours. */
const ADD = 'export function add(a: number, b: number): number {\n  if (a > 100) {\n    return 0;\n  }\n  return a + b;\n}\n';
const USE_ADD = "import { add } from '../src/add.js';";
const USE_FS = "import { readdirSync, writeFileSync } from 'node:fs';";
const TESTS = {
  pass: testFile("it('adds', () => expect(add(1, 2)).toBe(3));\nit.skip('later', () => {});", USE_ADD),
  fail: testFile("it('starts', () => {});\nit('adds', () => {\n  expect(add(101, 2)).toBe(103);\n});", USE_ADD),
  skipped: testFile("it.skip('later', () => {});\nit.todo('much later');"),
  none: 'export {};\n',
  throws: testFile("it('never runs', () => {});\nthrow new Error('while loading');"),
  types: testFile("it('runs', () => expect(wrong).toBe('text'));", "import { wrong } from '../src/wrong.js';"),
  syntax: testFile("it('runs', () => expect(broken).toBe(1));", "import { broken } from '../src/broken.js';"),
  exits: testFile("it('leaves', () => process.exit(0));"),
  kills: testFile("it('dies', () => { process.kill(process.pid, 'SIGKILL'); });"),
  killsJest: testFile("it('kills', () => { process.kill(process.ppid, 'SIGKILL'); });"),
  loops: testFile("it('never ends', () => { for (;;); });"),
  floods: testFile(
    "it('shouts', () => { for (let i = 0; i < 9999; i++) console.log('x'.repeat(999)); process.stdout.write('y'.repeat(2e7)); });",
  ),
  forges: testFile(
    `it('lies', () => {
       const runs = new URL('../../../runs/', import.meta.url);
       const lie = JSON.stringify({ success: true, numTotalTests: 1, numTotalTestSuites: 1, testResults: [] });
       for (const run of readdirSync(runs)) if (run !== 'jest-cache') writeFileSync(new URL(run + '/report.json', runs), lie);
       expect(1).toBe(2);
     });`,
    USE_FS,
  ),
  environment: testFile("it('is clean', () => expect(process.env).not.toHaveProperty('OPENAI_API_KEY'));"),
};

const product = productOf({
  'src/add.ts': ADD,
  'src/types.ts': 'export interface Shape {\n  sides: number;\n}\n',
  'src/wrong.ts': "export const wrong: number = 'text';\n",
  'src/broken.ts': 'export const broken = (;\n',
  ...Object.fromEntries(Object.entries(TESTS).map(([name, text]) => [`test/${name}.test.ts`, text])),
});

let folder: string;
let scratch: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'qa-'));
  scratch = join(folder, "it's here, $1 #状态", '.tmp');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a batch of checks', () => {
  const results = new Map<string, CheckResult>();
  const lines: string[] = [];
  beforeAll(async () => {
    vi.stubEnv('OPENAI_API_KEY', 'secret');
    const checks: Check[] = Object.keys(TESTS).map((name) =>
      product.check(name, 'src/add.ts', 'src/types.ts', `test/${name}.test.ts`),
    );
    checks.push(product.check('untested', 'src/add.ts'));
    const engine = createQaEngine({ read: product.read, scratch, jobs: 2, limits: { stallMs: 6000, memoryMb: 512 } });
    const all = await engine.run({ checks, tree: product.tree }, { onLine: (line) => lines.push(line) });
    for (const result of all) results.set(result.task, result);
  }, 60_000);
  afterAll(() => vi.unstubAllEnvs());

  const resultOf = (task: string) => results.get(task);
  const codesOf = (task: string) => resultOf(task)?.findings.map(({ code, path }) => `${code} ${path ?? ''}`);

  it('has a result for each check, in their order', () => {
    expect([...results.keys()]).toEqual([...Object.keys(TESTS), 'untested']);
  });

  it('passes what passes, with its numbers', () => {
    expect(resultOf('pass')).toEqual({
      task: 'pass',
      suite: 'jest',
      result: 'pass',
      tests: { total: 2, passed: 1, failed: 0, skipped: 1 },
      passed: ['test/pass.test.ts > adds'],
      failed: [],
      coverage: 2 / 3,
      coverageByPath: new Map([['src/add.ts', 2 / 3]]),
      findings: [],
      tools: { jest: expect.stringMatching(/^30\./), typescript: expect.stringMatching(/^7\./), node: process.versions.node },
    });
  });

  it('names the failed test, its line and the reason', () => {
    const { result, tests, failed, findings = [] } = resultOf('fail') ?? {};
    expect({ result, tests, failed }).toEqual({
      result: 'fail',
      tests: { total: 2, passed: 1, failed: 1, skipped: 0 },
      failed: ['test/fail.test.ts > adds'],
    });
    expect(findings).toMatchObject([{ code: 'QA_TEST_FAILED', path: 'test/fail.test.ts', line: 5 }]);
    expect(findings[0]?.message).toMatch(/^adds: .*Expected: 103\nReceived: 0/s);
  });

  it('speaks of the product alone, not of this machine', () => {
    expect(JSON.stringify([...results.values()].map(({ findings }) => findings))).not.toContain(scratch);
  });

  it.each([
    ['skipped', 'QA_NO_TESTS test/skipped.test.ts'],
    ['none', 'QA_NO_TESTS test/none.test.ts'],
    ['untested', 'QA_NO_TESTS '],
    ['throws', 'QA_TEST_FAILED test/throws.test.ts'],
    ['types', 'QA_COMPILE src/wrong.ts'],
    ['syntax', 'QA_COMPILE src/broken.ts'],
    ['exits', 'QA_RUNNER_CRASHED test/exits.test.ts'],
    ['kills', 'QA_KILLED test/kills.test.ts'],
    ['killsJest', 'QA_KILLED test/killsJest.test.ts'],
    ['loops', 'QA_TIMEOUT test/loops.test.ts'],
    ['forges', 'QA_TEST_FAILED test/forges.test.ts'],
  ])('%s fails with %s', (task, finding) => {
    expect(resultOf(task)?.result).toBe('fail');
    expect(codesOf(task)).toEqual([finding]);
  });

  it('says where and why something does not compile', () => {
    expect(resultOf('types')?.findings).toEqual([
      { code: 'QA_COMPILE', path: 'src/wrong.ts', line: 1, message: "TS2322: Type 'string' is not assignable to type 'number'." },
    ]);
  });

  it('gives no coverage to what did not run', () => {
    expect(['types', 'loops', 'kills'].map((task) => resultOf(task)?.coverage)).toEqual([0, 0, 0]);
  });

  it('survives a flood, and lets no secret in', () => {
    expect([codesOf('floods'), codesOf('environment')]).toEqual([[], []]);
  });

  it('tells of files as they finish', () => {
    expect(lines).toEqual(expect.arrayContaining(['PASS test/pass.test.ts', 'FAIL test/fail.test.ts']));
  });

  it('leaves nothing behind', () => {
    expect(readdirSync(scratch)).toEqual([]);
  });
});

describe('a package', () => {
  const engine = () => createQaEngine({ read: product.read, scratch, jobs: 2 });

  it('is judged as a whole: every file compiles, its tests run, every document holds', async () => {
    const good = productOf({
      'src/add.ts': ADD,
      'test/a.test.ts': TESTS.pass,
      'test/deep/b.test.ts': testFile("it('is fine', () => {});"),
      'schemas/a.schema.json': JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' }),
    });
    const check: Check = { task: 'gate', scope: 'package', artifacts: good.tree };
    // A path that Jest would take for a pattern.
    const engineThere = createQaEngine({ ...good, scratch: join(folder, '[1]'), jobs: 2 });
    const [result] = await engineThere.run({ checks: [check], tree: good.tree });
    expect(result).toMatchObject({ suite: 'package', result: 'pass', findings: [], tests: { total: 3, passed: 2 } });
    expect(result?.coverageByPath).toEqual(new Map([['src/add.ts', 2 / 3]]));
  });

  it('fails for a compile error, a bad document and a missing dependency, all told at once', async () => {
    const bad = productOf({
      'package.json': JSON.stringify({
        ...PACKAGE_JSON,
        name: 'Bad Name',
        version: '1',
        scripts: { build: 'tsc' },
        dependencies: { 'no-such-package-anywhere': '1' },
      }),
      'src/wrong.ts': "export const wrong: number = 'text';\n",
      'api/x.openapi.json': '{"openapi":"3.1.0"}',
    });
    const check: Check = { task: 'gate', scope: 'package', artifacts: [] };
    const [result] = await createQaEngine({ ...bad, scratch, jobs: 2 }).run({ checks: [check], tree: bad.tree });
    expect(result?.result).toBe('fail');
    expect(result?.findings.map(({ message }) => message).join('\n')).toMatch(
      /TS2322.*`name`.*`version`.*`test`.*no-such-package-anywhere.*property 'info'/s,
    );
  });

  it('fails when the runner says all is well and leaves no report', async () => {
    const silent = productOf({ 'jest.config.js': 'process.exit(0);', 'test/pass.test.ts': testFile("it('runs', () => {});") });
    const checks = [silent.check('pass', 'test/pass.test.ts')];
    const [result] = await createQaEngine({ ...silent, scratch, jobs: 2 }).run({ checks, tree: silent.tree });
    expect(result).toMatchObject({ result: 'fail', findings: [{ code: 'QA_REPORT_MISSING', path: 'test/pass.test.ts' }] });
  });

  it('fails when its paths collide', async () => {
    const torn = productOf({ 'src/a.ts': '', 'src/A.ts': '' });
    const checks: Check[] = [{ task: 'gate', scope: 'package', artifacts: [] }];
    const [result] = await createQaEngine({ ...torn, scratch, jobs: 2 }).run({ checks, tree: torn.tree });
    expect(result).toMatchObject({ result: 'fail', findings: [{ code: 'QA_PATH' }] });
  });

  it('stops on abort and cleans up', async () => {
    const run = engine().run(
      { checks: [product.check('loops', 'test/loops.test.ts')], tree: product.tree },
      { signal: AbortSignal.timeout(1500) },
    );
    await expect(run).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(readdirSync(scratch)).toEqual([]);
  });
});
