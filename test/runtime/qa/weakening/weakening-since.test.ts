import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { readProjectTree } from '../../../../src/runtime/qa/project-tree.ts';
import { weakeningSince } from '../../../../src/runtime/qa/weakening/weakening-since.ts';

const PATH = process.env['PATH'] ?? '';
const TEST =
  "import { test } from 'node:test';\nimport assert from 'node:assert/strict';\nimport { one } from './a.mjs';\n\ntest('one', () => assert.equal(one(3), 4));\n";

let folder: string;
const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@y.z', ...args], { cwd: folder });
const since = async (revision: string, below = '') => {
  const place = join(folder, below);
  return weakeningSince(revision, await readProjectTree(place, PATH), { folder: place, path: PATH });
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weakening-'));
  mkdirSync(join(folder, 'shop'));
  writeFileSync(join(folder, 'shop', 'a.test.mjs'), TEST);
  writeFileSync(join(folder, 'shop', 'strange.json'), Buffer.from([0xff, 0xfe, 0x7b, 0x0a]));
  git('init', '-q');
  git('add', '-A');
  git('commit', '-qm', 'start');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('weakeningSince', () => {
  it('finds what the folder asks less for than the revision did, committed or not', async () => {
    writeFileSync(join(folder, 'shop', 'a.test.mjs'), TEST.replace('assert.equal(one(3), 4)', 'assert.ok(one(3))'));
    const { findings } = await since('HEAD');
    expect(findings.map(({ code, path, line }) => `${code} ${path}:${line}`)).toEqual([
      'QA_ASSERTION_LOOSENED shop/a.test.mjs:5',
    ]);
    git('commit', '-qam', 'weaker');
    expect((await since('HEAD')).findings).toEqual([]);
    expect((await since('HEAD~1')).findings).toHaveLength(1);
  });

  it('looks at a folder inside of the repository by its own paths', async () => {
    rmSync(join(folder, 'shop', 'a.test.mjs'));
    const { findings } = await since('HEAD', 'shop');
    expect(findings.map(({ code, path }) => `${code} ${path}`)).toEqual(['QA_TEST_REMOVED a.test.mjs']);
  });

  it('takes other line ends for no change', async () => {
    writeFileSync(join(folder, 'shop', 'a.test.mjs'), TEST.replaceAll('\n', '\r\n'));
    expect((await since('HEAD')).findings).toEqual([]);
  });

  it('says what revision there is not, and takes no flag for one', async () => {
    await expect(since('nowhere')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(since('--output=x')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
