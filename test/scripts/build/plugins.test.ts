import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { broughtAlong, builtinModules, externalPackages, lazyRequires, moduleLocations } from '../../../scripts/build/plugins.ts';

let root: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'build-')));
});

afterEach(async () => rm(root, { recursive: true }));

test('a module knows its place in dist/, wherever bundling puts it', async () => {
  await put(
    'src/deep/place.ts',
    'export const place: string[] = [import.meta.url, import.meta.dirname, import.meta.filename];\n',
  );
  await put('src/main.ts', "export { place } from './deep/place.ts';\n");
  const dist = join(root, 'dist', 'deep');
  expect((await bundle()).place).toEqual([pathToFileURL(join(dist, 'place.js')).href, dist, join(dist, 'place.js')]);
});

test('the words in a string are left alone, and so is the time when a constant is made', async () => {
  await put(
    'src/main.ts',
    "const here = import.meta.filename;\nexport const place = [here.endsWith('main.js'), 'import.meta.url'];\n",
  );
  expect((await bundle()).place).toEqual([true, 'import.meta.url']);
});

test('packages stay outside, but for those named', async () => {
  await put('src/main.ts', "import 'kept';\nimport 'kept/deep';\nimport 'taken/deep';\nexport const place = [];\n");
  await put('node_modules/taken/deep.js', "import './inner.js';\n");
  await put('node_modules/taken/inner.js', '');
  const { metafile } = await build({
    ...options(),
    plugins: [externalPackages(join(root, 'src'), ['taken'])],
    metafile: true,
    write: false,
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
  expect(imports).toEqual(['kept', 'kept/deep']);
});

test('a module of a package is loaded when something of it is used first, and once', async () => {
  await put(
    'pkg/main.js',
    `"use strict";
var __importDefault = (mod) => (mod && mod.__esModule ? mod : { "default": mod });
Object.defineProperty(exports, "__esModule", { value: true });
const used_1 = require("./used");
var named_1 = require("./named");
const other_1 = __importDefault(require("./other"));
const before = [...globalThis.loaded];
exports.place = [before, (0, used_1.name)(), named_1.name, other_1.default, used_1.name(), [...globalThis.loaded]];
exports.never = () => require("./never");
`,
  );
  await put('pkg/used.js', 'globalThis.loaded.push("used"); exports.name = () => "used";\n');
  await put('pkg/named.js', 'globalThis.loaded.push("named"); exports.name = "named";\n');
  await put('pkg/other.js', 'globalThis.loaded.push("other"); module.exports = "other";\n');
  await put('pkg/never.js', 'globalThis.loaded.push("never");\n');
  await put('src/main.ts', "globalThis.loaded = [];\nexport const { place } = await import('../pkg/main.js');\n");
  const built = await bundle([lazyRequires(join(root, 'pkg'))]);
  expect(built.place).toEqual([[], 'used', 'named', 'other', 'used', ['used', 'named', 'other']]);
});

test('modules of Node are taken by what is used of them', async () => {
  await put(
    'src/main.ts',
    `import fs, { existsSync } from 'node:fs';
import * as path from 'node:path';
import { inspect } from 'util';
export const place: unknown[] = [existsSync === fs.existsSync, path.basename('a/b'), inspect([1])];
`,
  );
  expect((await bundle([builtinModules()])).place).toEqual([true, 'b', '[ 1 ]']);
  const text = await readFile(join(root, 'dist', 'main.js'), 'utf8');
  expect(text).not.toMatch(/^import|appendFile/m);
});

test('what one module uses of those is not read for another', async () => {
  await put('src/main.ts', "import { isIP } from 'node:net';\nexport const place = [isIP('::1')];\n");
  await put('src/other.ts', "import { BlockList } from 'node:net';\nexport const place = [new BlockList()];\n");
  const entryPoints = ['src/main.ts', 'src/other.ts'];
  await build({ ...options(), entryPoints, splitting: true, plugins: [builtinModules()] });
  const text = await readFile(join(root, 'dist', 'main.js'), 'utf8');
  expect(text).not.toMatch(/^import|BlockList/m);
  expect(text).not.toContain(root);
});

test('what is brought along with commands, and with what is loaded later, is one file each', async () => {
  for (const name of ['a', 'b', 'c', 'd']) await put(`src/${name}.ts`, `export const ${name} = ['${name}'];\n`);
  await put(
    'src/commands/one.ts',
    "import { a } from '../a.ts';\nexport default [a, (await import('../later-one.ts')).later];\n",
  );
  await put(
    'src/commands/two.ts',
    "import { b } from '../b.ts';\nexport default [b, (await import('../later-two.ts')).later];\n",
  );
  await put('src/later-one.ts', "import { c } from './c.ts';\nexport const later = c;\n");
  await put('src/later-two.ts', "import { d } from './d.ts';\nexport const later = d;\n");
  await put('src/apart-entry.ts', "console.log('alone');\n");
  const { metafile } = await build({
    ...options(),
    entryPoints: ['src/commands/one.ts', 'src/commands/two.ts', 'src/apart-entry.ts'],
    outbase: 'src',
    splitting: true,
    plugins: [broughtAlong(join(root, 'src'), { commands: ['a.ts', 'b.ts'], later: ['c.ts', 'd.ts'] })],
    metafile: true,
  });
  const together = Object.values(metafile.outputs).map(({ inputs }) => Object.keys(inputs).join(' '));
  expect(together).toEqual(expect.arrayContaining(['src/a.ts src/b.ts', 'src/c.ts src/d.ts', 'src/apart-entry.ts']));
  const two = (await import(pathToFileURL(join(root, 'dist', 'commands', 'two.js')).href)) as { default: unknown };
  expect(two.default).toEqual([['b'], ['d']]);
});

async function bundle(plugins = [moduleLocations(join(root, 'src'))]): Promise<{ place: unknown[] }> {
  await build({ ...options(), plugins });
  return (await import(pathToFileURL(join(root, 'dist', 'main.js')).href)) as { place: unknown[] };
}

function options() {
  const entryPoints = ['src/main.ts'];
  return { absWorkingDir: root, entryPoints, outdir: 'dist', bundle: true, format: 'esm' as const, platform: 'node' as const };
}

async function put(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}
