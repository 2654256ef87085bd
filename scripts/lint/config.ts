import { defineConfig, type OxlintConfig } from 'oxlint';

import { checkTree } from './check-tree.ts';
import { ENVIRONMENT_READERS } from './layers.ts';
import { layerOverrides } from './restrict-imports.ts';

const NO_MODULE_MOCKS = ['mock', 'doMock'].map((property) => ({
  object: 'vi',
  property,
  message: 'Pass a fake through a port; module mocks break on renames that change nothing.',
}));

/** The lint configuration of the tree at `root`; a function so that the test can lint a tree of deliberate violations. */
export function lintConfig(root: string): OxlintConfig {
  checkTree(root);
  return defineConfig({
    plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'node', 'promise', 'vitest'],
    categories: { correctness: 'error', suspicious: 'error' },
    options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: 'error' },
    ignorePatterns: ['dist/**', 'coverage/**', '**/fixtures/**', 'src/base/generated/**', 'src/runtime/serve/grpc/generated/**'],
    rules: {
      'import/no-cycle': ['error', { ignoreTypes: false }],
      'import/no-default-export': 'error',
      'import/no-named-as-default-member': 'off',
      'typescript/consistent-type-imports': ['error', { disallowTypeAnnotations: true, fixStyle: 'inline-type-imports' }],
      'typescript/no-explicit-any': 'error',
      'typescript/no-floating-promises': 'error',
      'typescript/no-misused-promises': 'error',
      'typescript/no-require-imports': 'error',
      // Parsed JSON and database rows enter the type system by an assertion; that is the honest way to say so.
      'typescript/no-unsafe-type-assertion': 'off',
      'typescript/return-await': ['error', 'in-try-catch'],
      'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'unicorn/consistent-function-scoping': 'off',
      'unicorn/no-array-sort': 'off',
      'vitest/expect-expect': ['error', { assertFunctionNames: ['expect', 'fc.assert', 'assert*', 'check*'] }],
      'vitest/no-conditional-expect': 'off',
      'vitest/valid-expect': ['error', { maxArgs: 2 }],
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      'no-restricted-properties': ['error', ...NO_MODULE_MOCKS],
      'node/no-process-env': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
    },
    overrides: [
      ...layerOverrides(),
      { files: [...ENVIRONMENT_READERS], rules: { 'node/no-process-env': 'off' } },
      {
        files: ['src/commands/**', 'src/board/proof/keyless/node-crypto.ts', '*.config.ts', 'test/reporters/**'],
        rules: { 'import/no-default-export': 'off' },
      },
      {
        files: ['bin/**', 'bench/**', 'scripts/**', 'test/**'],
        rules: { 'node/no-process-env': 'off' },
      },
      {
        files: ['test/**', 'bench/**'],
        rules: { 'max-lines-per-function': 'off' },
      },
    ],
  });
}
