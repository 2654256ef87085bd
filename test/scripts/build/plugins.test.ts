import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { externalPackages, moduleLocations } from '../../../scripts/build/plugins.ts';

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

async function bundle(): Promise<{ place: unknown[] }> {
  await build({ ...options(), plugins: [moduleLocations(join(root, 'src'))] });
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
