import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { build, install, put, start } from '../../bin/installed-scripts.ts';

let root: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'scripts-')));
});

afterEach(async () => rm(root, { recursive: true }));

test('scripts have of each other what modules would', async () => {
  const said = await run({
    'main.js': `
import own, { twice as double, "a name" as named } from "./deep/other.js";
import "./deep/effect.js";
var self = typeof this;
async function main() {
  const lazy = await import("./deep/lazy.js");
  const again = await import(new URL("deep/lazy.js", import.meta.url).href);
  const node = await import("node:path");
  return [own, double(2), named(2), globalThis.effects, lazy.word, lazy === again, node.sep, import.meta.url.slice(-12), self];
}
export { main };
`,
    'deep/other.js': `
import { base } from "./base.js";
var ü = base, twice = (n) => 2 * n + base;
export { ü as default, twice, twice as "a name" };
`,
    'deep/base.js': 'var base = 40;\nexport { base };\n',
    'deep/effect.js': 'globalThis.effects = (globalThis.effects ?? 0) + 1;\n',
    'deep/lazy.js': 'import "./effect.js";\nvar word = "import(\\"./base.js\\") and import.meta";\nexport { word };\n',
  });
  expect(said).toEqual([40, 44, 44, 1, 'import("./base.js") and import.meta', true, '/', 'dist/main.js', 'undefined']);
});

test('packages are given as `import` gives them, be they CommonJS or not', async () => {
  await put(root, 'node_modules/common/index.js', 'module.exports = Object.assign(() => "called", { named: 1 });\n');
  await put(root, 'node_modules/common/package.json', '{}');
  await put(root, 'node_modules/modern/index.js', 'export default "default"; export const named = 2;\n');
  await put(root, 'node_modules/modern/package.json', '{"type":"module","exports":"./index.js"}');
  const said = await run({
    'main.js': `
import common, { named as one, default as same } from "common";
import modern, { named as two } from "modern";
import * as all from "modern";
var main = async () => [common(), same === common, one, modern, two, all.named, import.meta.resolve("modern").slice(-20), (await import("modern")).named];
export { main };
`,
  });
  expect(said).toEqual(['called', true, 1, 'default', 2, 2, 'ules/modern/index.js', 2]);
});

test('a module that a process begins with loads scripts, and may wait for them', async () => {
  const files = build(root, {
    'deep/start-entry.js': `
import { word } from "../word.js";
import { sep } from "node:path";
console.log(JSON.stringify([word, sep, (await import("../word.js")).word]));
`,
    'word.js': 'var word = "hello";\nexport { word };\n',
  });
  await install(root, files);
  const { stdout } = await execa(process.execPath, [join(root, 'dist/deep/start-entry.js')]);
  expect(JSON.parse(stdout)).toEqual(['hello', '/', 'hello']);
});

test('what a script cannot have does not build', () => {
  expect(() => build(root, { 'a.js': 'var a;\nfunction set() {\n  a = 1;\n}\nexport { a, set };\n' })).toThrow(
    'a is exported, and changed',
  );
  expect(() => build(root, { 'a.js': 'var a = 0;\nvar count = () => a++;\nexport { a, count };\n' })).toThrow(
    'a is exported, and changed',
  );
  expect(() => build(root, { 'a.js': 'import "./b.js";\n', 'b.js': 'import "./a.js";\n' })).toThrow(
    /in a circle: .*a\.js → .*b\.js → .*a\.js/,
  );
  expect(() => build(root, { 'a.js': 'export * from "./b.js";\n', 'b.js': '' })).toThrow('ExportAllDeclaration');
  expect(() => build(root, { 'a.js': 'var a = import.meta.dirname;\n' })).toThrow('import.meta.dirname');
  expect(() => build(root, { 'a.js': 'var __place = 1;\n' })).toThrow('__place');
});

async function run(texts: Record<string, string>): Promise<unknown> {
  await install(root, build(root, texts));
  const { said } = await start(root, { NODE_DISABLE_COMPILE_CACHE: '1' });
  return said;
}
