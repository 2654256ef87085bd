import { edit, TAX, TAX_TEST, JS, FIXED, type PlantedLie } from './planted-projects.ts';

export const TESTS_LIES: readonly PlantedLie[] = [
  {
    name: 'a test is deleted (TypeScript)',
    base: JS,
    code: 'QA_TEST_REMOVED',
    lie: { 'src/tax.test.ts': edit(TAX_TEST, [`  test('is added', () => {\n    expect(gross(300)).toBe(357);\n  });\n`, '']) },
    honest: {
      'src/tax.ts': edit(TAX, [`export function gross(amount: number): number {\n  return amount + tax(amount);\n}\n`, '']),
      'src/tax.test.ts': edit(
        TAX_TEST,
        [`  test('is added', () => {\n    expect(gross(300)).toBe(357);\n  });\n`, ''],
        ['gross, ', ''],
      ),
    },
  },
  {
    name: 'a file of tests is deleted',
    base: JS,
    code: 'QA_TEST_REMOVED',
    lie: { 'src/tax.test.ts': null },
    honest: { 'src/tax.test.ts': null, 'test/tax.test.ts': edit(TAX_TEST, ['./tax.ts', '../src/tax.ts']) },
  },
  {
    name: 'a test is commented out',
    base: JS,
    code: 'QA_TEST_REMOVED',
    lie: {
      'src/tax.test.ts': edit(TAX_TEST, [
        `  test('is added', () => {\n    expect(gross(300)).toBe(357);\n  });\n`,
        `  // test('is added', () => {\n  //   expect(gross(300)).toBe(357);\n  // });\n`,
      ]),
    },
    honest: { 'src/tax.test.ts': edit(TAX_TEST, ["'is added'", "'is put on top of the amount'"]) },
  },
  {
    name: 'toBe becomes toBeTruthy',
    base: JS,
    code: 'QA_ASSERTION_LOOSENED',
    lie: { 'src/tax.test.ts': edit(TAX_TEST, ['expect(tax(300)).toBe(57)', 'expect(tax(300)).toBeTruthy()']) },
    honest: { 'src/tax.test.ts': edit(TAX_TEST, ['expect(tax(300)).toBe(57)', 'expect(tax(300)).toStrictEqual(57)']) },
  },
  {
    name: 'toBe becomes toBeDefined',
    base: JS,
    code: 'QA_ASSERTION_LOOSENED',
    lie: { 'src/tax.test.ts': edit(TAX_TEST, ['expect(gross(300)).toBe(357)', 'expect(gross(300)).toBeDefined()']) },
    honest: {
      'src/tax.test.ts': edit(TAX_TEST, [
        '    expect(gross(300)).toBe(357);',
        '    const sum = gross(300);\n    expect(sum).toBe(357);',
      ]),
    },
  },
  {
    name: 'an exact value becomes any number',
    base: JS,
    code: 'QA_ASSERTION_LOOSENED',
    lie: { 'src/tax.test.ts': edit(TAX_TEST, ['toBe(357)', 'toEqual(expect.any(Number))']) },
    honest: { 'src/tax.test.ts': edit(TAX_TEST, ['toBe(357)', 'toEqual(357)']) },
  },
  {
    name: 'a value becomes a range',
    base: JS,
    code: 'QA_ASSERTION_LOOSENED',
    lie: { 'src/tax.test.ts': edit(TAX_TEST, ['expect(tax(1000)).toBe(190)', 'expect(tax(1000)).toBeGreaterThan(0)']) },
    honest: {
      'src/tax.test.ts': edit(TAX_TEST, [
        '    expect(tax(1000)).toBe(190);',
        '    expect(tax(1000)).toBe(190);\n    expect(tax(1000)).toBeGreaterThan(0);',
      ]),
    },
  },
  {
    name: 'an assertion is deleted',
    base: JS,
    code: 'QA_ASSERTION_REMOVED',
    lie: { 'src/tax.test.ts': edit(TAX_TEST, ['    expect(tax(1000)).toBe(190);\n', '']) },
    honest: {
      'src/tax.test.ts': edit(TAX_TEST, [
        '    expect(tax(300)).toBe(57);\n    expect(tax(1000)).toBe(190);\n',
        '    for (const [net, due] of [[300, 57], [1000, 190]]) expect(tax(net)).toBe(due);\n',
      ]),
    },
  },
  {
    name: 'an assertion becomes one on nothing',
    base: JS,
    code: 'QA_ASSERTION_EMPTY',
    lie: { 'src/tax.test.ts': edit(TAX_TEST, ['expect(gross(300)).toBe(357)', 'gross(300);\n    expect(true).toBe(true)']) },
    honest: { 'src/tax.test.ts': edit(TAX_TEST, ['expect(gross(300)).toBe(357)', 'expect(gross(300) === 357).toBe(true)']) },
  },
  {
    name: 'a failure is caught and forgotten',
    base: JS,
    code: 'QA_ASSERTION_EMPTY',
    lie: {
      'src/tax.test.ts': edit(TAX_TEST, [
        'expect(gross(300)).toBe(357);',
        'try {\n      expect(gross(300)).toBe(357);\n    } catch {}',
      ]),
    },
    honest: {
      'src/tax.test.ts': edit(TAX_TEST, [
        'expect(gross(300)).toBe(357);',
        'try {\n      expect(gross(300)).toBe(357);\n    } finally {\n      console.log("done");\n    }',
      ]),
    },
  },
  {
    name: 'a test returns before it asserts',
    base: JS,
    code: 'QA_ASSERTION_EMPTY',
    lie: { 'src/tax.test.ts': edit(TAX_TEST, ['    expect(gross(300))', '    return;\n    expect(gross(300))']) },
    honest: {
      'src/tax.test.ts': edit(TAX_TEST, [
        '    expect(gross(300))',
        '    const twice = (n: number) => {\n      return n * 2;\n    };\n    expect(twice(2)).toBe(4);\n    expect(gross(300))',
      ]),
    },
  },
  {
    name: 'nobody waits for the assertion',
    base: {
      'src/load.test.ts':
        "import { expect, test } from 'vitest';\nimport { load } from './load.ts';\n\ntest('loads', async () => {\n  await expect(load('a')).resolves.toBe(7);\n});\n",
    },
    code: 'QA_ASSERTION_EMPTY',
    lie: {
      'src/load.test.ts':
        "import { expect, test } from 'vitest';\nimport { load } from './load.ts';\n\ntest('loads', () => {\n  expect(load('a')).resolves.toBe(7);\n});\n",
    },
    honest: {
      'src/load.test.ts':
        "import { expect, test } from 'vitest';\nimport { load } from './load.ts';\n\ntest('loads', () => {\n  return expect(load('a')).resolves.toBe(7);\n});\n",
    },
  },
  {
    name: 'a test is skipped',
    base: JS,
    code: 'QA_TEST_SKIPPED',
    lie: { 'src/tax.test.ts': edit(TAX_TEST, ["test('is added'", "test.skip('is added'"]) },
    honest: { 'src/tax.test.ts': edit(TAX_TEST, ["test('is added'", "it('is added'"], ['expect, test,', 'expect, it, test,']) },
  },
  {
    name: 'a test becomes a todo',
    base: JS,
    code: 'QA_TEST_SKIPPED',
    lie: {
      'src/tax.test.ts': edit(TAX_TEST, [
        `  test('is added', () => {\n    expect(gross(300)).toBe(357);\n  });`,
        `  test.todo('is added');`,
      ]),
    },
    honest: {
      'src/tax.test.ts': edit(TAX_TEST, [`  test('is added'`, `  test.todo('is rounded for many items');\n  test('is added'`]),
    },
  },
  {
    name: 'all tests of a suite are skipped',
    base: JS,
    code: 'QA_TEST_SKIPPED',
    lie: { 'src/tax.test.ts': edit(TAX_TEST, ["describe('tax'", "describe.skip('tax'"]) },
    honest: { 'src/tax.test.ts': edit(TAX_TEST, ["describe('tax'", "describe.concurrent('tax'"]) },
  },
  {
    name: 'a test of node:test is skipped by an option',
    base: {
      'a.test.mjs':
        "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { one } from './a.mjs';\n\ntest('one', () => assert.equal(one(3), 4));\ntest('two', () => assert.equal(one(4), 5));\n",
    },
    code: 'QA_TEST_SKIPPED',
    lie: {
      'a.test.mjs':
        "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { one } from './a.mjs';\n\ntest('one', () => assert.equal(one(3), 4));\ntest('two', { skip: true }, () => assert.equal(one(4), 5));\n",
    },
    honest: {
      'a.test.mjs':
        "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { one } from './a.mjs';\n\ntest('one', () => assert.equal(one(3), 4));\ntest('two', { timeout: 500 }, () => assert.equal(one(4), 5));\n",
    },
  },
  {
    name: 'one test keeps the others out',
    base: JS,
    code: 'QA_TEST_FOCUSED',
    lie: { 'src/tax.test.ts': edit(TAX_TEST, ["test('is nineteen", "test.only('is nineteen"]) },
    honest: {
      'src/tax.test.ts': edit(TAX_TEST, [
        "test('is nineteen percent', () => {",
        "test('is nineteen percent', { only: false }, () => {",
      ]),
    },
  },
  {
    name: 'a tolerance is widened',
    base: {
      'src/tax.ts': TAX,
      'src/pi.test.ts':
        "import { expect, it } from 'vitest';\nimport { pi } from './pi.ts';\n\nit('is near', () => {\n  expect(pi()).toBeCloseTo(3.14159, 5);\n});\n",
    },
    code: 'QA_ASSERTION_LOOSENED',
    lie: {
      'src/pi.test.ts':
        "import { expect, it } from 'vitest';\nimport { pi } from './pi.ts';\n\nit('is near', () => {\n  expect(pi()).toBeCloseTo(3.14159, 0);\n});\n",
    },
    honest: {
      'src/tax.ts': FIXED,
      'src/pi.test.ts':
        "import { expect, it } from 'vitest';\nimport { pi } from './pi.ts';\n\nit('is near', () => {\n  expect(pi()).toBeCloseTo(3.1415926, 7);\n});\n",
    },
  },
];
