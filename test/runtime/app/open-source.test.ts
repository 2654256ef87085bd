import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openSource, type Source } from '../../../src/runtime/app/open-source.ts';
import { plan } from '../../../src/runtime/app/plan.ts';
import { validate } from '../../../src/runtime/app/validate.ts';
import { bundleLocator } from '../../../src/cli/bundle-path.ts';
import { tar } from '../../spec/archive/pack.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'source-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(files: Record<string, string | Buffer>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
}

/** Makes a repository of `repo`, and returns its address and commit. */
function commit(): { url: string; head: string } {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
      cwd: join(dir, 'repo'),
      encoding: 'utf8',
      stdio: 'pipe',
    });
  git('init', '-q');
  git('add', '-A');
  git('commit', '-qm', 'x');
  return { url: `file://${dir}/repo/.git`, head: git('rev-parse', 'HEAD').trim() };
}

const open = (bundle: string): Promise<Source> => openSource({ bundle }, { cwd: dir });

const SPEC = '# Shop\n\n- Component: Desk\n  - Responsibilities: Sells.\n  - Interfaces: REST `POST /orders`.\n';
const QUIET = 'validate:\n  overrides:\n    - { paths: ["specs/a/**"], levels: { SPEC_TITLE_MISSING: off } }\n';

describe('what lies around a bundle', () => {
  it('of a folder or a file: the lock, and the nearest configuration up to the root of the repository', async () => {
    write({
      'repo/specs/a/spec.md': SPEC,
      'repo/.agentnexus.yaml': 'root',
      'repo/specs/.agentnexus.yaml': 'between',
      '.agentnexus.yaml': 'outside',
    });
    commit();
    const folder = await open('repo/specs/a');
    expect(folder.config).toMatchObject({
      path: join(dir, 'repo', '.agentnexus.yaml'),
      text: 'root',
      folder: 'specs/a',
      isLocal: true,
    });
    expect(folder.lock).toEqual({ path: join(dir, 'repo', 'specs', 'a', 'spec.lock.yaml'), text: undefined });
    expect(folder.origin).toBe(`file://${dir}/repo/specs/a`);
    write({ 'repo/specs/a/.agentnexus.yaml': 'near', 'repo/specs/a/spec.lock.yaml': 'lock' });
    const file = await open('repo/specs/a/spec.md');
    expect(file.config).toMatchObject({ text: 'near', folder: '' });
    expect(file.lock).toMatchObject({ text: 'lock' });
  });

  it('of an archive: what is in it', async () => {
    const entries = [
      { name: 'shop/spec.md', content: SPEC },
      { name: 'shop/.agentnexus.yaml', content: 'config' },
      { name: 'shop/spec.lock.yaml', content: 'lock' },
    ];
    write({ 'shop.tar.gz': gzipSync(tar(entries)), 'other.tar': tar(entries.slice(0, 1)) });
    expect(await open('shop.tar.gz')).toMatchObject({
      bundle: { name: 'shop' },
      config: { text: 'config', folder: '', isLocal: false },
      lock: { text: 'lock', fixed: 'it lies in an archive' },
    });
    expect((await open('other.tar')).lock).toEqual({ path: join(dir, 'other.lock.yaml'), text: undefined });
  });

  it('of a git address: what is in the commit, which the origin names', async () => {
    write({ 'repo/specs/a/spec.md': SPEC, 'repo/.agentnexus.yaml': QUIET, 'repo/specs/a/spec.lock.yaml': 'lock' });
    const { url, head } = commit();
    const source = await open(`${url}#specs/a`);
    expect(source).toMatchObject({
      origin: `git+${url}@${head}#specs/a`,
      bundle: { name: 'a' },
      config: { path: '.agentnexus.yaml', folder: 'specs/a', isLocal: false },
      lock: { path: 'specs/a/spec.lock.yaml', text: 'lock', fixed: 'it lies in a git repository' },
    });
    expect((await open(`${url}#specs/a/spec.md`)).lock).toMatchObject({ path: 'specs/a/spec.lock.yaml', text: 'lock' });
    expect((await open(`${url}@${head}`)).bundle.name).toBe('repo');
  });

  it('says of an empty bundle which address it was', async () => {
    write({ 'repo/main.ts': 'x', 'repo/specs/none.txt': 'x' });
    const { url } = commit();
    await expect(open(`${url}#specs`)).rejects.toMatchObject({
      code: 'BUNDLE_EMPTY',
      message: `There is no specification in ${url}#specs.`,
    });
  });
});

describe('operations on them', () => {
  it('write no lock where they cannot', async () => {
    write({ 'repo/spec.md': SPEC });
    const { url } = commit();
    await expect(plan({ bundle: url, lock: true }, { cwd: dir })).rejects.toMatchObject({ code: 'USAGE' });
    await expect(plan({ bundle: url, locked: true }, { cwd: dir })).rejects.toMatchObject({ code: 'LOCK_MISSING' });
  });

  it('hold a commit against the lock in it', async () => {
    write({ 'repo/spec.md': SPEC });
    expect(await plan({ bundle: 'repo', lock: true }, { cwd: dir })).toMatchObject({ lock: { state: 'written' } });
    expect(await plan({ bundle: commit().url, locked: true }, { cwd: dir })).toMatchObject({ kind: 'Plan' });
    write({ 'repo/spec.md': SPEC.replace('Desk', 'Till') });
    await expect(plan({ bundle: commit().url, locked: true }, { cwd: dir })).rejects.toMatchObject({ code: 'SPEC_DRIFT' });
  });

  it('give diagnostics the levels of the repository', async () => {
    write({ 'repo/specs/a/spec.md': SPEC.replace('# Shop\n', ''), 'repo/.agentnexus.yaml': QUIET });
    const { url } = commit();
    for (const bundle of ['repo/specs/a', `${url}#specs/a`])
      expect(await validate({ bundle }, { cwd: dir }), bundle).toMatchObject({ diagnostics: [], config: { off: 1 } });
  });
});

describe('where a file of a bundle is', () => {
  it.each([
    ['spec.md', 'spec.md', 'spec.md'],
    ['repo', 'a/b.md', 'repo/a/b.md'],
    ['shop.tar.gz', 'a.md', 'shop.tar.gz/a.md'],
    ['https://example.com/a.git#specs/a', 'b/c.md', 'specs/a/b/c.md'],
    ['https://example.com/a.git#specs/a.md', 'a.md', 'specs/a.md'],
    ['https://example.com/a.git', 'a.md', 'a.md'],
  ])('%s: %s is %s', (bundle, file, shown) => {
    write({ 'repo/a.md': 'x', 'spec.md': 'x' });
    expect(bundleLocator(bundle, dir)(file)).toBe(shown);
  });
});
