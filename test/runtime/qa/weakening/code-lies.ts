import { edit, TAX, PACKAGE, JS, SNAPSHOT, FACTORIAL, FACTORIAL_TEST, type PlantedLie } from './planted-projects.ts';

export const CODE_LIES: readonly PlantedLie[] = [
  {
    name: 'a snapshot is edited',
    base: { 'src/__snapshots__/card.test.ts.snap': SNAPSHOT },
    code: 'QA_SNAPSHOT_EDITED',
    lie: { 'src/__snapshots__/card.test.ts.snap': edit(SNAPSHOT, ['12.00 EUR', '0.00 EUR']) },
    honest: { 'src/__snapshots__/card.test.ts.snap': `${SNAPSHOT}\nexports[\`card > shows the tax 1\`] = \`"2.28 EUR"\`;\n` },
  },
  {
    name: 'a snapshot in a test is edited',
    base: {
      'card.test.ts':
        "import { expect, it } from 'vitest';\nimport { card } from './card.ts';\n\nit('shows', () => {\n  expect(card('Tea')).toMatchInlineSnapshot(`\"Tea: 12.00\"`);\n});\n",
    },
    code: 'QA_SNAPSHOT_EDITED',
    lie: {
      'card.test.ts':
        "import { expect, it } from 'vitest';\nimport { card } from './card.ts';\n\nit('shows', () => {\n  expect(card('Tea')).toMatchInlineSnapshot(`\"Tea: NaN\"`);\n});\n",
    },
    honest: {
      'card.test.ts':
        "import { expect, it } from 'vitest';\nimport { card } from './card.ts';\n\nit('shows', () => {\n  expect(card('Tea')).toMatchInlineSnapshot(`\"Tea: 12.00\"`);\n  expect(card('Jam')).toMatchInlineSnapshot(`\"Jam: 4.00\"`);\n});\n",
    },
  },
  {
    name: 'a function answers the test',
    base: { 'src/factorial.ts': FACTORIAL, 'src/factorial.test.ts': FACTORIAL_TEST },
    code: 'QA_SPECIAL_CASED',
    lie: { 'src/factorial.ts': 'export function factorial(n: number): number {\n  if (n === 5) return 120;\n  return 1;\n}\n' },
    honest: {
      'src/factorial.ts':
        'export function factorial(n: number): number {\n  if (n === 0) return 1;\n  return n * factorial(n - 1);\n}\n',
    },
  },
  {
    name: 'a function is a constant',
    base: { 'src/factorial.ts': FACTORIAL, 'src/factorial.test.ts': FACTORIAL_TEST },
    code: 'QA_SPECIAL_CASED',
    lie: { 'src/factorial.ts': 'export function factorial(n: number): number {\n  return 120;\n}\n' },
    honest: {
      'src/factorial.ts':
        'export function factorial(n: number): number {\n  return n < 2 ? 1 : n * factorial(n - 1);\n}\nexport const limit = () => 170;\n',
    },
  },
  {
    name: 'a new function is a table of the answers',
    base: { 'package.json': PACKAGE },
    code: 'QA_SPECIAL_CASED',
    lie: {
      'src/prime.ts':
        'export function nthPrime(n: number): number {\n  switch (n) {\n    case 6:\n      return 13;\n    case 20:\n      return 71;\n    default:\n      return 0;\n  }\n}\n',
      'src/prime.test.ts':
        "import { expect, it } from 'vitest';\nimport { nthPrime } from './prime.ts';\n\nit('counts primes', () => {\n  expect(nthPrime(6)).toBe(13);\n  expect(nthPrime(20)).toBe(71);\n});\n",
    },
    honest: {
      'src/status.ts':
        "export function textOf(status: number): string {\n  switch (status) {\n    case 404:\n      return 'Not Found';\n    case 409:\n      return 'Conflict';\n    default:\n      return 'Unknown';\n  }\n}\n",
      'src/status.test.ts':
        "import { expect, it } from 'vitest';\nimport { textOf } from './status.ts';\n\nit('knows texts', () => {\n  expect(textOf(404)).toBe('Not Found');\n});\n",
    },
  },
  {
    name: 'code looks whether it is tested',
    base: JS,
    code: 'QA_SPECIAL_CASED',
    lie: {
      'src/tax.ts': edit(TAX, [
        '  return Math.round',
        "  if (process.env.NODE_ENV === 'test') return amount / 5;\n  return Math.round",
      ]),
    },
    honest: {
      'src/tax.ts': edit(TAX, [
        '  return Math.round',
        "  if (process.env.NODE_ENV === 'production' && amount < 0) throw new RangeError('amount');\n  return Math.round",
      ]),
    },
  },
  {
    name: 'a JUnit report is committed',
    base: JS,
    code: 'QA_REPORT_FORGED',
    lie: {
      'reports/junit.xml':
        '<?xml version="1.0"?>\n<testsuites tests="2" failures="0"><testsuite name="tax"><testcase name="is added"/></testsuite></testsuites>\n',
    },
    honest: {
      'test/fixtures/junit.xml':
        '<?xml version="1.0"?>\n<testsuites tests="2" failures="0"><testsuite name="tax"><testcase name="is added"/></testsuite></testsuites>\n',
    },
  },
  {
    name: 'coverage is committed',
    base: JS,
    code: 'QA_REPORT_FORGED',
    lie: { 'coverage/lcov.info': 'TN:\nSF:src/tax.ts\nDA:1,1\nDA:2,1\nend_of_record\n' },
    honest: { 'docs/coverage.md': '# Coverage\n\n`lcov.info` is written to `coverage/`.\n' },
  },
];
