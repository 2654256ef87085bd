import { type ScaffoldFragment, scaffoldFragment } from '../fragments.ts';
import { oneLine, shortened } from '../literal.ts';
import type { OutputFile } from '../../agent.ts';
import type { JsonValue } from '../../../../base/json.ts';
import { prettyJson } from '../pretty-json.ts';
import { sourceFiles } from '../support/source-files.ts';
import { formatsFile } from '../support/formats-file.ts';
import { testFiles } from '../support/test-files.ts';

/** Versions in the produced package: those the product itself is built and tested with (a test keeps them equal). */
export const TOOLS = {
  '@jest/globals': '^30.5.2',
  '@types/node': '^24.19.2',
  'fast-check': '^4.10.2',
  jest: '^30.5.2',
  typescript: '^7.0.2',
} as const;

/** The frame of the package: manifest, compiler and test configuration, and the few files the generated code stands on. */
export function compileScaffold(fragment: JsonValue): OutputFile[] {
  const frame = scaffoldFragment(fragment);
  const code = (path: string, content: string): OutputFile => ({ path, content, type: 'code' });
  const test = (path: string, content: string): OutputFile => ({ path, content, type: 'test' });
  return [
    code('.gitignore', 'node_modules/\ndist/\ncoverage/\n*.tgz\n'),
    code('.prettierignore', 'dist/\ncoverage/\n*.md\n# Generated code that nobody edits.\n*.validator.ts\nsrc/base/formats.ts\n'),
    code('.prettierrc.json', prettyJson({ printWidth: 120, singleQuote: true })),
    code('package.json', `${JSON.stringify(manifest(frame), null, 2)}\n`),
    code('tsconfig.json', prettyJson(COMPILER)),
    test('jest.config.js', JEST),
    ...[...sourceFiles()].map(([path, content]) => code(path, content)),
    code('src/base/formats.ts', formatsFile()),
    ...[...testFiles()].map(([path, content]) => test(path, content)),
  ];
}

function manifest({ name, title, version }: ScaffoldFragment): JsonValue {
  return {
    name,
    version,
    description: shortened(`Contracts, ports and API documents of ${oneLine(title)}`, 200),
    files: ['api', 'dist/src', 'docs', 'schemas', 'src', 'TRACEABILITY.md', 'traceability.json'],
    type: 'module',
    exports: {
      '.': { types: './dist/src/index.d.ts', default: './dist/src/index.js' },
      './api/*': './api/*',
      './schemas/*': './schemas/*',
      './package.json': './package.json',
    },
    scripts: {
      build: 'tsc -p tsconfig.json',
      prepare: 'npm run build',
      test: 'npm run build && node --experimental-vm-modules --no-warnings node_modules/jest/bin/jest.js',
    },
    devDependencies: TOOLS,
    engines: { node: '>=20' },
  };
}

const COMPILER: JsonValue = {
  compilerOptions: {
    target: 'es2022',
    module: 'nodenext',
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noPropertyAccessFromIndexSignature: true,
    noImplicitOverride: true,
    verbatimModuleSyntax: true,
    declaration: true,
    sourceMap: true,
    rootDir: '.',
    outDir: 'dist',
  },
  include: ['src', 'test'],
};

/** `coverageProvider` is babel because v8's takes ten times as long with ES modules (measured: 39 s against 7 for 100 files). */
const JEST = `export default {
  testEnvironment: 'node',
  // Jest runs what tsc made of the tests: test/contracts/order.test.ts runs as dist/test/contracts/order.test.js.
  testMatch: ['<rootDir>/dist/test/**/*.test.js'],
  setupFilesAfterEnv: ['<rootDir>/dist/test/base/seed.js'],
  transform: { '/dist/.*\\\\.js$': '<rootDir>/test/base/source-maps.js' },
  showSeed: true,
  collectCoverageFrom: ['dist/src/**/*.js'],
  coverageProvider: 'babel',
};
`;
