import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { messageOf } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import { compile } from '../compile.ts';
import { linkDependencies } from '../dependencies.ts';
import type { Layout } from '../layout.ts';
import { isCoverable } from '../product.ts';
import { readNodeFlags, readRecipe, type Recipe } from '../recipe.ts';
import type { Finding } from '../report.ts';
import { type Framework, frameworkOf, usualFramework } from '../test-frameworks.ts';
import type { Sandbox, TestRunner } from '../test-runner.ts';
import { createJestRunner } from './jest-runner.ts';
import { createNodeTestRunner } from './node-test-runner.ts';
import { createVitestRunner } from './vitest-runner.ts';
import { foldersWith, inProduct, inProject, rootOf, type ProductView, type ProjectKind, type Suite } from './suite.ts';

/**
 * Projects of JavaScript and TypeScript: a folder with a `package.json`, and the product's root without one. Scripts are read as data: the
 * TypeScript projects that they build are compiled, and each test file is run by the framework that it imports, or else the project's usual one.
 */
export const javascript: ProjectKind = {
  async open(product, sandbox) {
    const suites: Suite[] = [];
    for (const project of projectsOf(product)) suites.push(...(await openProject(project, product, sandbox)));
    return suites;
  },
};

interface Project {
  root: string;
  packageJson: JsonObject;
  faults: Finding[];
  /** Modules that belong to it and to no project inside it. */
  modules: string[];
}

function projectsOf(product: ProductView): Project[] {
  const { tree, text } = product;
  const paths = tree.map(({ path }) => path);
  const manifested = foldersWith(['package.json'], product);
  const roots = new Set(['', ...manifested]);
  const modules = Map.groupBy(
    paths.filter((path) => /\.[cm]?[jt]sx?$/.test(path)),
    (path) => rootOf(path, roots),
  );
  return [...roots].map((root) => {
    const manifest = inProduct(root, 'package.json');
    const read = manifested.has(root) ? readPackageJson(manifest, text(manifest)) : { packageJson: {}, faults: [] };
    return { root, ...read, modules: modules.get(root) ?? [] };
  });
}

function readPackageJson(path: string, text: string): Pick<Project, 'packageJson' | 'faults'> {
  const fault = (message: string) => ({ packageJson: {}, faults: [{ code: 'QA_DOCUMENT', path, message }] });
  try {
    const value = JSON.parse(text) as JsonValue;
    return isJsonObject(value) ? { packageJson: value, faults: [] } : fault('It is no JSON object.');
  } catch (error) {
    return fault(`It is no JSON: ${messageOf(error)}`);
  }
}

async function openProject(project: Project, product: ProductView, outer: Sandbox): Promise<Suite[]> {
  const { root, packageJson, modules } = project;
  const sandbox = { ...outer, product: join(outer.product, root) };
  const recipe = readRecipe(packageJson);
  const dependencies = dependencyFaults(project, recipe, { product, sandbox });
  const { layouts, findings } = await compile(recipe.projects, sandbox);
  const compiled = findings.map((finding) =>
    finding.path === undefined ? finding : { ...finding, path: inProduct(root, finding.path) },
  );
  const faults = [...project.faults, ...dependencies, ...compiled];
  const usual = usualFramework(packageJson);
  const tests = Map.groupBy(modules, (path) => frameworkOf(path, product.text(path), usual));
  const suites = (['node:test', 'vitest', 'jest'] as const).flatMap((tool) => {
    const files = tests.get(tool) ?? [];
    return files.length === 0 ? [] : [suiteOf(tool, files, { project, recipe, layouts, product, sandbox })];
  });
  const [first, ...rest] = suites;
  if (first !== undefined) return [{ ...first, faults: [...faults, ...first.faults] }, ...rest];
  const run = { files: [], sources: [], layouts, config: undefined };
  return faults.length === 0 ? [] : [{ tool: usual, root, run, runner: undefined, faults }];
}

interface Circumstances {
  project: Project;
  recipe: Recipe;
  layouts: readonly Layout[];
  product: ProductView;
  sandbox: Sandbox;
}

function suiteOf(
  tool: Framework,
  files: readonly string[],
  { project, recipe, layouts, product, sandbox }: Circumstances,
): Suite {
  const { root, packageJson } = project;
  const code = new Set(product.tree.filter((artifact) => isCoverable(artifact)).map(({ path }) => path));
  const sources = project.modules.filter((path) => code.has(path) && !files.includes(path));
  const config = tool === 'jest' ? recipe.jestConfig : undefined;
  const run = { files: inProject(root, files), sources: inProject(root, sources), layouts, config };
  const runner = runnerOf(tool, packageJson, { sandbox, product });
  const faults = runner === undefined ? [missingTool(tool, manifestOf(project, product) ?? files[0])] : [];
  return { tool, root, run, runner, faults };
}

function runnerOf(
  tool: Framework,
  packageJson: JsonObject,
  { sandbox, product }: Pick<Circumstances, 'sandbox' | 'product'>,
): TestRunner | undefined {
  if (tool === 'node:test') return createNodeTestRunner(readNodeFlags(packageJson));
  const places = [sandbox.product, ...above(sandbox.product, product.folder)].map((place) => join(place, 'node_modules', tool));
  const own = places.find((place) => existsSync(join(place, 'package.json')));
  if (tool === 'jest') return own === undefined ? createJestRunner() : createJestRunner(realpathSync(own));
  return own === undefined ? undefined : createVitestRunner(own);
}

function manifestOf({ root }: Project, { tree }: ProductView): string | undefined {
  const manifest = inProduct(root, 'package.json');
  return tree.some(({ path }) => path === manifest) ? manifest : undefined;
}

function missingTool(tool: Framework, path: string | undefined): Finding {
  const message = `Its tests are for ${tool}, which is not there: declare it as a dependency and install it, in the project or beside agentnexus.`;
  return { code: 'QA_TOOL_MISSING', ...(path !== undefined && { path }), message };
}

/**
 * Makes declared packages resolvable: the project's own where it brought them, ours elsewhere. One that is missing is an error where it is needed to
 * run: declared for that, imported by a module, or named in the call of the tests. A missing linter is a note.
 */
function dependencyFaults(
  { root, packageJson, modules }: Project,
  { dependencies }: Recipe,
  { product, sandbox }: { product: ProductView; sandbox: Sandbox },
): Finding[] {
  const missing = provide(sandbox.product, dependencies, product.folder);
  if (missing.length === 0) return [];
  const texts = modules.map((path) => product.text(path)).join('\n');
  const flags = readNodeFlags(packageJson).join(' ');
  const usual = usualFramework(packageJson);
  const isNeeded = (name: string) =>
    (isJsonObject(packageJson.dependencies) && name in packageJson.dependencies) ||
    name === usual ||
    flags.includes(name) ||
    ["'", '"'].some((quote) => texts.includes(`${quote}${name}${quote}`) || texts.includes(`${quote}${name}/`));
  return missing.map((name): Finding => {
    const needed = isNeeded(name);
    const advice = needed
      ? 'Do without it, or install it beside agentnexus.'
      : 'Nothing imports it, so the tests were run without it.';
    return {
      code: 'QA_DEPENDENCY_MISSING',
      ...(!needed && { level: 'note' }),
      path: inProduct(root, 'package.json'),
      message: `It declares ${name}, which is not installed here. ${advice}`,
    };
  });
}

/** Names of the packages that there are not. A product that has modules installed is given nothing besides. */
function provide(folder: string, names: readonly string[], product: string): string[] {
  const places = [folder, ...above(folder, product)].map((place) => join(place, 'node_modules'));
  const brought = places.filter((place) => lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() === true);
  if (brought.length === 0) return linkDependencies(folder, names);
  return names.filter((name) => !brought.some((place) => existsSync(join(place, name, 'package.json'))));
}

function above(folder: string, product: string): string[] {
  return folder.length <= product.length ? [] : [dirname(folder), ...above(dirname(folder), product)];
}
