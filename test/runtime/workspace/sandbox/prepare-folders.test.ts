import { linkSync, lstatSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { NOBODY, prepareFolders } from '../../../../src/runtime/workspace/sandbox/prepare-folders.ts';

let root: string;
let folder: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'prepare-')));
  folder = join(root, 'workspace');
  mkdirSync(join(folder, 'deep'), { recursive: true });
  writeFileSync(join(root, 'outside'), 'x');
  writeFileSync(join(folder, 'deep', 'file'), 'x');
});
afterEach(() => rmSync(root, { recursive: true }));

describe('prepareFolders', () => {
  it('refuses a file that has a second name elsewhere, however deep', () => {
    linkSync(join(root, 'outside'), join(folder, 'deep', 'link'));
    expect(() => prepareFolders([folder])).toThrow(expect.objectContaining({ code: 'WORKSPACE_UNWRITABLE' }));
  });

  it('takes files whose names are all inside, also in two of the folders', () => {
    mkdirSync(join(root, 'home'));
    linkSync(join(folder, 'deep', 'file'), join(root, 'home', 'link'));
    prepareFolders([folder, join(root, 'home')]);
    expect(() => prepareFolders([folder])).toThrow('hard link');
  });

  it('refuses a folder that is reached through a link', () => {
    symlinkSync(folder, join(root, 'link'));
    expect(() => prepareFolders([join(root, 'link')])).toThrow('through a link');
  });

  it.runIf(process.geteuid?.() === 0)('gives away what is inside, and nothing that a link leads to', () => {
    symlinkSync(join(root, 'outside'), join(folder, 'link'));
    symlinkSync(root, join(folder, 'up'));
    prepareFolders([folder], NOBODY);
    expect(['.', 'deep', 'deep/file', 'link', 'up'].map((name) => lstatSync(join(folder, name)).uid)).toEqual(
      Array(5).fill(NOBODY.uid),
    );
    expect([lstatSync(join(root, 'outside')).uid, lstatSync(root).uid]).toEqual([0, 0]);
  });
});
