import { edit, TAX, TAX_TEST, PACKAGE, JS, JEST_CONFIG, CI, type PlantedLie } from './planted-projects.ts';

export const SETTINGS_LIES: readonly PlantedLie[] = [
  {
    name: 'a test script forgives failures',
    base: JS,
    code: 'QA_EXIT_FORCED',
    lie: { 'package.json': edit(PACKAGE, ['"vitest run"', '"vitest run || true"']) },
    honest: { 'package.json': edit(PACKAGE, ['"vitest run"', '"tsc && vitest run --coverage"']) },
  },
  {
    name: 'a test script says that all is well',
    base: JS,
    code: 'QA_EXIT_FORCED',
    lie: { 'package.json': edit(PACKAGE, ['"vitest run"', '"echo all tests passed"']) },
    honest: { 'package.json': edit(PACKAGE, ['"vitest run"', '"echo testing && vitest run"']) },
  },
  {
    name: 'a test script in one line says that all is well',
    base: { 'package.json': '{ "type": "module", "scripts": { "test": "vitest run" } }' },
    code: 'QA_EXIT_FORCED',
    lie: { 'package.json': '{ "type": "module", "scripts": { "test": "true" } }' },
    honest: { 'package.json': '{ "type": "module", "private": true, "scripts": { "test": "vitest run" } }' },
  },
  {
    name: 'a run without tests passes',
    base: JS,
    code: 'QA_EXIT_FORCED',
    lie: { 'package.json': edit(PACKAGE, ['"vitest run"', '"vitest run --passWithNoTests"']) },
    honest: { 'package.json': edit(PACKAGE, ['"vitest run"', '"vitest run --reporter=verbose"']) },
  },
  {
    name: 'a test ends the process with 0',
    base: JS,
    code: 'QA_EXIT_FORCED',
    lie: {
      'src/tax.test.ts': edit(TAX_TEST, [
        "describe('tax', () => {",
        "process.on('exit', () => process.exit(0));\ndescribe('tax', () => {",
      ]),
    },
    honest: { 'src/cli.ts': "import { tax } from './tax.ts';\n\nconsole.log(tax(Number(process.argv[2])));\nprocess.exit(0);\n" },
  },
  {
    name: 'the pipeline goes on',
    base: { '.github/workflows/test.yml': CI },
    code: 'QA_EXIT_FORCED',
    lie: {
      '.github/workflows/test.yml': edit(CI, ['      - run: npm test', '      - run: npm test\n        continue-on-error: true']),
    },
    honest: {
      '.github/workflows/test.yml': edit(CI, ['      - run: npm test', '      - run: npm test\n        timeout-minutes: 10']),
    },
  },
  {
    name: 'the pipeline pipes the exit code away',
    base: { '.github/workflows/test.yml': CI },
    code: 'QA_EXIT_FORCED',
    lie: { '.github/workflows/test.yml': edit(CI, ['run: npm test', 'run: npm test || exit 0']) },
    honest: {
      '.github/workflows/test.yml': edit(
        CI,
        ['run: npm ci', 'run: npm ci || npm install'],
        ['run: npm test', 'run: npm test && npm run build'],
      ),
    },
  },
  {
    name: 'a configuration leaves a test out (Jest)',
    base: { ...JS, 'jest.config.js': JEST_CONFIG },
    code: 'QA_TESTS_EXCLUDED',
    lie: { 'jest.config.js': edit(JEST_CONFIG, ["['/node_modules/']", "['/node_modules/', 'src/tax.test.ts']"]) },
    honest: { 'jest.config.js': edit(JEST_CONFIG, ["['/node_modules/']", "['/node_modules/', '/dist/']"]) },
  },
  {
    name: 'a configuration names fewer tests',
    base: { ...JS, 'jest.config.js': JEST_CONFIG },
    code: 'QA_TESTS_EXCLUDED',
    lie: { 'jest.config.js': edit(JEST_CONFIG, ["['**/*.test.ts']", "['**/unit/*.test.ts']"]) },
    honest: { 'jest.config.js': edit(JEST_CONFIG, ["['**/*.test.ts']", "['**/*.test.ts', '**/*.spec.ts']"]) },
  },
  {
    name: 'a name picks the tests',
    base: JS,
    code: 'QA_TESTS_EXCLUDED',
    lie: { 'package.json': edit(PACKAGE, ['"vitest run"', `"vitest run -t 'nineteen'"`]) },
    honest: { 'package.json': edit(PACKAGE, ['"vitest run"', '"vitest run --maxWorkers=2"']) },
  },
  {
    name: 'a coverage threshold is lowered (Jest)',
    base: { ...JS, 'jest.config.js': JEST_CONFIG },
    code: 'QA_THRESHOLD_LOWERED',
    lie: { 'jest.config.js': edit(JEST_CONFIG, ['lines: 90', 'lines: 40']) },
    honest: { 'jest.config.js': edit(JEST_CONFIG, ['lines: 90', 'lines: 95']) },
  },
  {
    name: 'code is kept out of the coverage',
    base: JS,
    code: 'QA_COVERAGE_IGNORED',
    lie: { 'src/tax.ts': edit(TAX, ['export function gross', '/* v8 ignore next 3 */\nexport function gross']) },
    honest: {
      'src/tax.ts': edit(TAX, [
        'export function gross',
        '/* What the customer pays; nobody may ignore it. */\nexport function gross',
      ]),
    },
  },
  {
    name: 'a configuration keeps code out of the coverage',
    base: { ...JS, 'jest.config.js': JEST_CONFIG },
    code: 'QA_COVERAGE_IGNORED',
    lie: {
      'jest.config.js': edit(JEST_CONFIG, [
        '  collectCoverageFrom',
        "  coveragePathIgnorePatterns: ['src/tax.ts'],\n  collectCoverageFrom",
      ]),
    },
    honest: {
      'jest.config.js': edit(JEST_CONFIG, [
        '  collectCoverageFrom',
        "  coveragePathIgnorePatterns: ['/node_modules/'],\n  collectCoverageFrom",
      ]),
    },
  },
];
