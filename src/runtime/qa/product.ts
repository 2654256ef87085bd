import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { messageOf } from '../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { Artifact, Tree } from '../vault/artifact.ts';
import { type Recipe, readRecipe } from './recipe.ts';
import type { Check, Finding } from './report.ts';

/** A checked-out product and what it says about itself. */
export interface Product {
  packageJson: JsonObject;
  recipe: Recipe;
  faults: Finding[];
}

export function readProduct(tree: Tree, folder: string): Product {
  const fault = (message: string): Product => ({
    packageJson: {},
    recipe: readRecipe({}),
    faults: [{ code: 'QA_DOCUMENT', path: 'package.json', message }],
  });
  if (!tree.some(({ path }) => path === 'package.json'))
    return fault('The product has no package.json: nothing says how it is built.');
  try {
    const value = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as JsonValue;
    return isJsonObject(value) ? { packageJson: value, recipe: readRecipe(value), faults: [] } : fault('It is no JSON object.');
  } catch (error) {
    return fault(`It is no JSON: ${messageOf(error)}`);
  }
}

/** Paths of the test files that a check has run. */
export function testsOf({ artifacts }: Check): string[] {
  return artifacts.filter(({ path }) => /^test\/(?:.*\/)?[^/]+\.test\.ts$/.test(path)).map(({ path }) => path);
}

/** Whether a file is code that can be covered. */
export function isCoverable({ path, type }: Artifact): boolean {
  return type === 'code' && /\.[cm]?[jt]sx?$/.test(path) && !/\.d\.[cm]?ts$/.test(path);
}
