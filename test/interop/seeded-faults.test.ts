import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { conclude } from '../../src/runtime/mission/judgement.ts';
import { createQaEngine } from '../../src/runtime/qa/engine.ts';
import type { CheckResult } from '../../src/runtime/qa/report.ts';
import { verdictOf } from '../../src/runtime/qa/verdict.ts';
import { findWeakening } from '../../src/runtime/qa/weakening/find-weakening.ts';
import { bareProductOf } from '../runtime/qa/product.ts';
import { PLANTED_LIES } from '../runtime/qa/weakening/planted-lies.ts';
import { edit } from '../runtime/qa/weakening/planted-projects.ts';

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'seeded-')));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const TAX = `export function tax(amount) {
  return Math.round(amount * 0.19);
}
export function receipt(amount) {
  return \`net \${amount}, tax \${tax(amount)}\`;
}
`;
/** What is wrong with the product in each of them, and what its tests would find. */
const WRONG = edit(TAX, ['0.19', '0.07']);
const TEST = `import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { receipt, tax } from '../src/tax.mjs';

test('is nineteen percent', () => {
  assert.equal(tax(300), 57);
});
test('is on the receipt', () => {
  assert.equal(receipt(100), readFileSync(new URL('./__snapshots__/receipt.txt', import.meta.url), 'utf8').trim());
});
`;
const PACKAGE = '{\n  "name": "shop",\n  "type": "module",\n  "scripts": {\n    "test": "node --test"\n  }\n}\n';
const BASE: Files = {
  'package.json': PACKAGE,
  'src/tax.mjs': TAX,
  'test/tax.test.mjs': TEST,
  'test/__snapshots__/receipt.txt': 'net 100, tax 19\n',
};
/** Work as it should be: something more, and a test of it. */
const HONEST: Files = {
  'src/tax.mjs': `${TAX}export const gross = (amount) => amount + tax(amount);\n`,
  'test/tax.test.mjs': `${edit(TEST, ['{ receipt, tax }', '{ gross, receipt, tax }'])}test('is added', () => assert.equal(gross(100), 119));\n`,
};
const RATE = '  assert.equal(tax(300), 57);\n';
const SEEN = 'test/__snapshots__/receipt.txt';
const SEVEN = { 'src/tax.mjs': WRONG, [SEEN]: 'net 100, tax 7\n' };

type Files = Record<string, string | null>;

/** Lies that a run of the tests does not find, or not by itself: the product is wrong, and its own tests do not say so. */
const LIES: { name: string; code: string; lie: Files }[] = [
  {
    name: 'a test is deleted',
    code: 'QA_TEST_REMOVED',
    lie: {
      'src/tax.mjs': edit(TAX, ['amount * 0.19', 'amount > 200 ? amount : amount * 0.19']),
      'test/tax.test.mjs': edit(TEST, [`test('is nineteen percent', () => {\n${RATE}});\n`, '']),
    },
  },
  { name: 'the tests are deleted', code: 'QA_TEST_REMOVED', lie: { 'src/tax.mjs': WRONG, 'test/tax.test.mjs': null } },
  {
    name: 'an assertion is weakened',
    code: 'QA_ASSERTION_LOOSENED',
    lie: { ...SEVEN, 'test/tax.test.mjs': edit(TEST, [RATE, '  assert.ok(tax(300));\n']) },
  },
  {
    name: 'an assertion is removed',
    code: 'QA_ASSERTION_REMOVED',
    lie: { ...SEVEN, 'test/tax.test.mjs': edit(TEST, [RATE, '  tax(300);\n']) },
  },
  {
    name: 'an assertion says nothing',
    code: 'QA_ASSERTION_EMPTY',
    lie: { ...SEVEN, 'test/tax.test.mjs': edit(TEST, [RATE, '  tax(300);\n  assert.ok(true);\n']) },
  },
  {
    name: 'a failure is caught',
    code: 'QA_ASSERTION_EMPTY',
    lie: { ...SEVEN, 'test/tax.test.mjs': edit(TEST, [RATE, `  try {\n  ${RATE}  } catch {}\n`]) },
  },
  {
    name: 'the function answers the test',
    code: 'QA_SPECIAL_CASED',
    lie: {
      'src/tax.mjs': edit(WRONG, [
        '  return Math',
        '  if (amount === 300) return 57;\n  if (amount === 100) return 19;\n  return Math',
      ]),
    },
  },
  {
    name: 'the function looks whether it is tested',
    code: 'QA_SPECIAL_CASED',
    lie: { 'src/tax.mjs': edit(TAX, ['amount * 0.19', 'amount * (process.env.NODE_TEST_CONTEXT ? 0.19 : 0.07)']) },
  },
  {
    name: 'a snapshot is edited',
    code: 'QA_SNAPSHOT_EDITED',
    lie: { 'src/tax.mjs': edit(TAX, ['net ${amount}', 'net  ${amount}']), [SEEN]: 'net  100, tax 19\n' },
  },
  {
    name: 'a test is skipped',
    code: 'QA_TEST_SKIPPED',
    lie: { ...SEVEN, 'test/tax.test.mjs': edit(TEST, ["test('is nineteen", "test.skip('is nineteen"]) },
  },
  {
    name: 'a test is a todo',
    code: 'QA_TEST_SKIPPED',
    lie: {
      ...SEVEN,
      'test/tax.test.mjs': edit(TEST, ["test('is nineteen percent', () =>", "test('is nineteen percent', { todo: true }, () =>"]),
    },
  },
  {
    name: 'the exit code is forced',
    code: 'QA_EXIT_FORCED',
    lie: { 'src/tax.mjs': WRONG, 'test/tax.test.mjs': `process.exit(0);\n${TEST}` },
  },
  {
    name: 'the script runs no tests',
    code: 'QA_EXIT_FORCED',
    lie: { 'package.json': edit(PACKAGE, ['"node --test"', '"true"']) },
  },
  {
    name: 'the script forgives',
    code: 'QA_EXIT_FORCED',
    lie: { 'package.json': edit(PACKAGE, ['"node --test"', '"node --test || true"']) },
  },
  {
    name: 'a report is forged',
    code: 'QA_REPORT_FORGED',
    lie: {
      'junit.xml':
        '<testsuites tests="2" failures="0"><testsuite name="all"><testcase name="is nineteen percent"/></testsuite></testsuites>\n',
    },
  },
  {
    name: 'coverage is forged',
    code: 'QA_REPORT_FORGED',
    lie: { 'coverage/lcov.info': 'SF:src/tax.mjs\nDA:1,1\nDA:2,1\nend_of_record\n' },
  },
  {
    name: 'coverage is faked',
    code: 'QA_COVERAGE_IGNORED',
    lie: { 'src/tax.mjs': `${TAX}/* node:coverage disable */\nexport const never = () => 1;\n/* node:coverage enable */\n` },
  },
  {
    name: 'tests are left out',
    code: 'QA_TESTS_EXCLUDED',
    lie: { 'package.json': edit(PACKAGE, ['"node --test"', '"node --test --test-name-pattern=receipt"']) },
  },
];

const filesOf = (change: Files): Map<string, string> =>
  new Map(Object.entries({ ...BASE, ...change }).filter((entry): entry is [string, string] => entry[1] !== null));

/** The verdict on a real run of the product's tests, and on how they stand against the base. */
async function judge(change: Files) {
  const after = filesOf(change);
  const product = bareProductOf(Object.fromEntries(after));
  const engine = createQaEngine({ ...product, scratch, jobs: 2 });
  const [tested] = await engine.run({
    checks: [{ task: 'work', scope: 'product', artifacts: product.tree }],
    tree: product.tree,
  });
  if (tested === undefined) throw new Error('no answer');
  const weakened = findWeakening({ before: filesOf({}), after });
  const check = conclude({ tested, weakened, further: [] });
  return { ...verdictOf(check), codes: check.findings.filter(({ level }) => level !== 'note').map(({ code }) => code) };
}

describe('products that lie, run for real and judged', () => {
  it.concurrent.each(LIES)('$name', { timeout: 120_000 }, async ({ code, lie }) => {
    const { verdict, brief, codes } = await judge(lie);
    expect(codes).toContain(code);
    expect(verdict).toBe(code === 'QA_REPORT_FORGED' ? 'reject' : 'repair');
    expect(brief).toContain(code);
  });

  it('and one that does its work', { timeout: 120_000 }, async () => {
    expect(await judge(HONEST)).toEqual({ verdict: 'pass', brief: '', codes: [] });
  });
});

/** As if all tests had passed: which is what such a change is for. */
const PASSED: CheckResult = {
  task: 'work',
  suite: 'product',
  result: 'pass',
  tests: { total: 3, passed: 3, failed: 0, skipped: 0 },
  passed: ['a', 'b', 'c'],
  failed: [],
  coverage: 1,
  coverageByPath: new Map(),
  findings: [],
  tools: {},
};

describe('all planted lies, up to the verdict', () => {
  const verdict = (base: Record<string, string>, change: Files) => {
    const after = Object.entries({ ...base, ...change }).filter((entry): entry is [string, string] => entry[1] !== null);
    const weakened = findWeakening({ before: new Map(Object.entries(base)), after: new Map(after) });
    return verdictOf(conclude({ tested: PASSED, weakened, further: [] }));
  };

  it('are refused for the right reason, and their honest twins are not', () => {
    const missed = PLANTED_LIES.filter(({ base, code, lie }) => {
      const said = verdict(base, lie);
      return (said.verdict !== 'repair' && said.verdict !== 'reject') || !said.brief.includes(code);
    });
    expect(missed.map(({ name }) => name)).toEqual([]);
    expect(PLANTED_LIES.filter(({ base, honest }) => verdict(base, honest).verdict !== 'pass').map(({ name }) => name)).toEqual(
      [],
    );
    expect(PLANTED_LIES.length + LIES.length).toBeGreaterThanOrEqual(79);
  });
});
