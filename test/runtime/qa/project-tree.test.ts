import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { readProjectTree } from '../../../src/runtime/qa/project-tree.ts';

const PATH = process.env['PATH'] ?? '';
const FILES = ['README.md', 'src/a.ts', 'src/a.test.ts', 'tests/test_b.py', 'build/out.js', 'node_modules/x/index.js', 'CON.txt'];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'project-'));
  for (const path of FILES) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), path);
  }
  symlinkSync('/etc/hosts', join(folder, 'link'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('readProjectTree', () => {
  it('takes what git tracks or does not ignore', async () => {
    writeFileSync(join(folder, '.gitignore'), 'build/\nnode_modules/\n');
    execFileSync('git', ['init', '-q'], { cwd: folder });
    const { tree, read, omitted } = await readProjectTree(folder, PATH);
    expect(tree.map(({ path, type }) => `${path} ${type}`)).toEqual([
      '.gitignore analysis',
      'README.md analysis',
      'src/a.test.ts test',
      'src/a.ts code',
      'tests/test_b.py test',
    ]);
    const [, readme] = tree;
    expect(readme && Buffer.from(read(readme.digest)).toString()).toBe('README.md');
    expect(omitted).toEqual(['CON.txt', 'link']);
  });

  it('takes everything but what was installed where there is no git', async () => {
    const { tree } = await readProjectTree(folder, '');
    expect(tree.map(({ path }) => path)).toEqual(['README.md', 'build/out.js', 'src/a.test.ts', 'src/a.ts', 'tests/test_b.py']);
  });
});
