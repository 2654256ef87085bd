import { isJsonObject, type JsonObject } from '../../base/json.ts';

/** Whose tests a JavaScript or TypeScript file holds. */
export type Framework = 'node:test' | 'jest' | 'vitest';

const MODULE = /\.[cm]?[jt]sx?$/;
const DECLARATION = /\.d\.[cm]?ts$/;
/** Names that mean tests to all three: `a.test.ts`, `a-test.js`, `test.mjs`. Only `node:test` knows the other forms. */
const TEST_NAME = /(?:^|\/)[^/]*\.(?:test|spec)\.[cm]?[jt]sx?$/;
const NODE_NAME = /(?:^|\/)(?:[^/]*[-_]test|test-[^/]*|test)\.[cm]?[jt]s$/;
/** Folders whose modules may be tests, or what tests share. */
const TEST_FOLDER = /(?:^|\/)(?:test|tests|__tests__)\//;

const IMPORTS: Record<Framework, RegExp> = {
  'node:test': /(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"](?:node:)?test['"]|['"]node:test['"]/,
  jest: /['"]@jest\/globals['"]|\bjest\.(?:fn|mock|spyOn)\b/,
  vitest: /(?:\bfrom|\bimport)\s*\(?\s*['"]vitest['"]/,
};

/** A test file by its name, whatever the language of the product. */
export function isTestName(path: string): boolean {
  return MODULE.test(path) && !DECLARATION.test(path) && (TEST_NAME.test(path) || NODE_NAME.test(path));
}

/**
 * Whose tests a module holds: that of the framework it imports, else, if its name says that it holds tests, `usual`: the one that the project
 * uses. Undefined for anything else.
 */
export function frameworkOf(path: string, text: string, usual: Framework): Framework | undefined {
  if (!MODULE.test(path) || DECLARATION.test(path)) return undefined;
  const named = isTestName(path);
  if (!named && !TEST_FOLDER.test(path)) return undefined;
  const imported = (['node:test', 'vitest', 'jest'] as const).find((framework) => IMPORTS[framework].test(text));
  // What lies beside tests under a name of its own holds tests only if it registers some.
  if (!named) return imported !== undefined && registers(text) ? imported : undefined;
  return imported ?? usual;
}

function registers(text: string): boolean {
  return /\b(?:test|it|suite|describe)\s*(?:\.\w+\s*)*\(/.test(text);
}

/** The framework that a project's test script calls, or else that it declares; `node:test`, which is always there, for all others. */
export function usualFramework(packageJson: JsonObject): Framework {
  const scripts = isJsonObject(packageJson.scripts) ? packageJson.scripts : {};
  const script = typeof scripts.test === 'string' ? scripts.test : '';
  const called = (['vitest', 'jest'] as const).find((name) => new RegExp(`(?:^|[\\s/])${name}(?:[\\s./]|$)`).test(script));
  if (called !== undefined) return called;
  if (/\bnode\b.*\s--test\b/.test(script)) return 'node:test';
  const declared = ['dependencies', 'devDependencies'].flatMap((field) =>
    Object.keys(isJsonObject(packageJson[field]) ? packageJson[field] : {}),
  );
  return (['vitest', 'jest'] as const).find((name) => declared.includes(name)) ?? 'node:test';
}
