import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { isPublished } from '../../../src/runtime/mission/is-published.ts';
import { publishProduct } from '../../../src/runtime/mission/publish-product.ts';
import { type Tree, treeDigest } from '../../../src/runtime/vault/artifact.ts';
import { type ContentStore, openContentStore } from '../../../src/runtime/vault/content-store.ts';

let dir: string;
let store: ContentStore;
let folder: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'publish-'));
  store = openContentStore(dir, { writer: true });
  folder = join(dir, 'build', 'demo');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function treeOf(files: Record<string, string>): Promise<Tree> {
  const trees = Object.entries(files).map(async ([path, text]) => {
    const content = Buffer.from(text);
    return { path, digest: await store.put(content), size: content.length, type: 'code' as const };
  });
  return Promise.all(trees);
}

const read = (path: string): string => readFileSync(join(folder, path), 'utf8');

it('writes the product and says that it is there', async () => {
  const tree = await treeOf({ 'a.txt': 'a', 'deep/b.txt': 'b' });
  expect(isPublished(treeDigest(tree), folder)).toBe(false);
  publishProduct(tree, folder, store);
  expect([read('a.txt'), read('deep/b.txt')]).toEqual(['a', 'b']);
  expect(isPublished(treeDigest(tree), folder)).toBe(true);
});

it('removes what an earlier product had, and folders that it leaves empty, and nothing else', async () => {
  publishProduct(await treeOf({ 'a.txt': 'a', 'deep/down/b.txt': 'b' }), folder, store);
  mkdirSync(join(folder, 'node_modules'));
  writeFileSync(join(folder, 'node_modules', 'theirs.txt'), 'kept');
  publishProduct(await treeOf({ 'a.txt': 'new' }), folder, store);
  expect(read('a.txt')).toBe('new');
  expect(existsSync(join(folder, 'deep'))).toBe(false);
  expect(read('node_modules/theirs.txt')).toBe('kept');
});

it('mends a file that was changed by hand, and notices a folder that was removed', async () => {
  const tree = await treeOf({ 'a.txt': 'a' });
  publishProduct(tree, folder, store);
  writeFileSync(join(folder, 'a.txt'), 'changed');
  publishProduct(tree, folder, store);
  expect(read('a.txt')).toBe('a');
  rmSync(folder, { recursive: true });
  expect(isPublished(treeDigest(tree), folder)).toBe(false);
});
