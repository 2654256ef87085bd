import { chmod, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { build, install, start } from './installed-scripts.ts';

const PROGRAM = {
  'main.js': 'import { sometimes } from "./other.js";\nvar main = async () => sometimes();\nexport { main };\n',
  'other.js': `
function sometimes() {
  if (process.env.DO === "rarely") return rarely();
  if (process.env.DO === "otherwise") return otherwise();
  return process.env.DO === "more" ? import("./more.js").then(({ more }) => more() + lastly()) : "less";
}
var rarely = () => "rarely", otherwise = () => "otherwise", lastly = () => "!";
export { sometimes };
`,
  'more.js': 'function more() {\n  return "more";\n}\nexport { more };\n',
};

let root: string;
let cache: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'code-pack-')));
  cache = join(root, 'cache');
  await install(root, build(root, PROGRAM));
});

afterEach(async () => rm(root, { recursive: true }));

test('what a process compiled, the next one has', async () => {
  expect(await again()).toMatchObject({ said: 'less', compiled: expect.arrayContaining(['main', 'sometimes']) });
  const first = await pack();
  expect(first.path).toMatch(/agentnexus-main-[\da-f]+\.code$/);
  expect((await stat(first.path)).mode & 0o777).toBe(0o600);
  expect(await again()).toEqual({ said: 'less', compiled: [] });
});

test('the first three leave what they ran, even where they load nothing new', async () => {
  await again();
  expect(await again('otherwise')).toEqual({ said: 'otherwise', compiled: ['otherwise'] });
  expect(await again('otherwise')).toEqual({ said: 'otherwise', compiled: [] });
  const third = await pack();
  expect(await again('rarely')).toEqual({ said: 'rarely', compiled: ['rarely'] });
  expect(await pack()).toEqual(third);
});

test('a script that is new is learned at any time, and what else ran with it', async () => {
  for (const _ of [1, 2, 3]) await again();
  expect(await again('more')).toEqual({ said: 'more!', compiled: expect.arrayContaining(['more', 'lastly']) });
  expect(await again('more')).toEqual({ said: 'more!', compiled: [] });
  expect(await again()).toEqual({ said: 'less', compiled: [] });
});

test('another build starts anew', async () => {
  await again();
  const changed = PROGRAM['other.js'].replaceAll('less', 'LESS');
  await install(root, build(root, { ...PROGRAM, 'other.js': changed }), 'two');
  expect(await again()).toMatchObject({ said: 'LESS', compiled: expect.arrayContaining(['sometimes']) });
  expect(await again()).toEqual({ said: 'LESS', compiled: [] });
});

test.for<[string, (bytes: Buffer) => Buffer]>([
  ['cut', (bytes) => bytes.subarray(0, -9)],
  ['empty', () => Buffer.alloc(0)],
  ['full of zeros', (bytes) => Buffer.alloc(bytes.length)],
  ['longer than it was', (bytes) => Buffer.concat([bytes, bytes])],
  [
    'of code for nothing',
    (bytes) => Buffer.concat([bytes.subarray(0, 8), Buffer.from('{"build":"one","places":{"main.js":[0,9]}}')]),
  ],
])('a pack that is %s is not run, and replaced', async ([, damage]) => {
  await again();
  const { path, bytes } = await pack();
  await writeFile(path, damage(bytes));
  expect(await again()).toMatchObject({ said: 'less', compiled: expect.arrayContaining(['main', 'sometimes']) });
  expect(await again()).toEqual({ said: 'less', compiled: [] });
});

test('a pack that others may write is not run', async () => {
  await again();
  await chmod((await pack()).path, 0o660);
  expect((await again()).compiled).toContain('sometimes');
  expect((await stat((await pack()).path)).mode & 0o777).toBe(0o600);
});

test('nothing is kept where Node keeps nothing', async () => {
  expect(await again('less', { NODE_DISABLE_COMPILE_CACHE: '1' })).toMatchObject({ said: 'less' });
  await expect(readdir(cache)).rejects.toThrow('ENOENT');
});

async function again(what = 'less', env: Record<string, string> = {}): ReturnType<typeof start> {
  const { said, compiled } = await start(root, { NODE_COMPILE_CACHE: cache, DO: what, ...env });
  const own = new Set(['main', 'sometimes', 'rarely', 'otherwise', 'lastly', 'more']);
  return { said, compiled: compiled.filter((name) => own.has(name)) };
}

async function pack(): Promise<{ path: string; bytes: Buffer }> {
  const [path = ''] = (await readdir(cache, { recursive: true })).filter((name) => name.includes('agentnexus-'));
  return { path: join(cache, path), bytes: await readFile(join(cache, path)) };
}
