import { existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { removeFolder } from '../../../src/runtime/workspace/remove-folder.ts';

const fresh = (): string => mkdtempSync(join(tmpdir(), 'remove-'));

it('removes a folder and all below it, and minds no folder that is not there', async () => {
  const root = join(fresh(), 'root');
  mkdirSync(join(root, 'a', 'b', 'c'), { recursive: true });
  for (let file = 0; file < 1000; file++) writeFileSync(join(root, 'a', 'b', `${file}`), '');
  await removeFolder(root);
  expect(existsSync(root)).toBe(false);
  await expect(removeFolder(root)).resolves.toBeUndefined();
});

it('removes links, and nothing of what they lead to', async () => {
  const outside = fresh();
  writeFileSync(join(outside, 'kept'), 'kept');
  const root = fresh();
  symlinkSync(outside, join(root, 'folder'));
  symlinkSync(join(outside, 'kept'), join(root, 'file'));
  symlinkSync('nowhere', join(root, 'dangling'));
  await removeFolder(root);
  expect(existsSync(root)).toBe(false);
  expect(readFileSync(join(outside, 'kept'), 'utf8')).toBe('kept');
});

it('lets others be heard meanwhile, and removes what they write there', async () => {
  const root = fresh();
  mkdirSync(join(root, 'z'));
  for (let file = 0; file < 2000; file++) writeFileSync(join(root, `${file}`), '');
  let heard = 0;
  let over = false;
  setImmediate(function again() {
    if (++heard <= 3) writeFileSync(join(root, 'z', `late-${heard}`), '');
    if (!over) setImmediate(again);
  });
  await removeFolder(root);
  over = true;
  expect(heard).toBeGreaterThan(2);
  expect(existsSync(root)).toBe(false);
});
