import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { folderUsage } from '../../../../src/runtime/workspace/sandbox/folder-usage.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'usage-'));
});
afterEach(() => rmSync(root, { recursive: true }));

it('counts what lies on disk: files once, holes not at all, links as what they are', async () => {
  mkdirSync(join(root, 'a'));
  writeFileSync(join(root, 'a', 'file'), Buffer.alloc(2 ** 20, 1));
  const one = await folderUsage([root], Infinity);
  expect(one).toBeGreaterThanOrEqual(2 ** 20);
  linkSync(join(root, 'a', 'file'), join(root, 'again'));
  symlinkSync('/', join(root, 'everything'));
  writeFileSync(join(root, 'sparse'), '');
  truncateSync(join(root, 'sparse'), 2 ** 30);
  expect(await folderUsage([root], Infinity)).toBeLessThan(one + 2 ** 16);
  expect(await folderUsage([join(root, 'gone')], Infinity)).toBe(0);
});
