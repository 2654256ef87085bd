import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { folderUsage } from '../../../../src/runtime/workspace/sandbox/folder-usage.ts';
import { isMemoryScarce } from '../../../../src/runtime/workspace/sandbox/process-tree.ts';

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
  for (let i = 0; i < 1000; i++) writeFileSync(join(root, `${i}`), '');
  expect(await folderUsage([root], Infinity)).toBeGreaterThan(one + 500_000);
  expect(await folderUsage([join(root, 'gone')], Infinity)).toBe(0);
});

it('knows when a machine is short of memory', () => {
  const meminfo = (available: number) => `MemTotal:       1000000 kB\nMemFree:          1 kB\nMemAvailable:   ${available} kB\n`;
  expect([39_000, 41_000].map((each) => isMemoryScarce(meminfo(each)))).toEqual([true, false]);
  expect(isMemoryScarce('')).toBe(false);
});
