import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { sha256 } from '../../../../src/base/digest.ts';
import { openSource, type Source } from '../../../../src/runtime/app/source/open-source.ts';
import { plan } from '../../../../src/runtime/app/apply/plan.ts';
import { validate } from '../../../../src/runtime/app/source/validate.ts';
import { bundleLocator, repositoryLocator } from '../../../../src/cli/bundle-path.ts';
import { tar } from '../../../spec/archive/pack.ts';

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

/** A server on loopback that has these files. */
async function serving(files: Record<string, Buffer>, work: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(({ url = '' }, response) => {
    const file = files[url.replace(/[?].*/, '')];
    response.writeHead(file === undefined ? 404 : 200).end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

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

  it('of an archive on another machine: what is in it, and what it was', async () => {
    const packed = gzipSync(
      tar([
        { name: 'shop/spec.md', content: SPEC },
        { name: 'shop/spec.lock.yaml', content: 'lock' },
        { name: 'shop/.agentnexus.yaml', content: 'config' },
      ]),
    );
    await serving({ '/shop.tgz': packed, '/other.tar': tar([{ name: 'a/spec.md', content: SPEC }]) }, async (url) => {
      const pin = `sha256=${sha256(packed).slice(7)}`;
      const source = await open(`${url}/shop.tgz?token=secret#${pin}`);
      expect(source).toMatchObject({
        origin: `${url}/shop.tgz#${pin}`,
        bundle: { name: 'shop', root: `${url}/shop.tgz`, files: [{ path: 'spec.md', text: SPEC }] },
        config: { path: `${url}/shop.tgz/.agentnexus.yaml`, text: 'config', folder: '' },
        lock: { path: `${url}/shop.tgz/spec.lock.yaml`, text: 'lock', fixed: 'it lies in an archive' },
      });
      const { config, lock } = await open(`${url}/other.tar`);
      expect({ config, lock }).toEqual({
        config: undefined,
        lock: { path: `${url}/other.tar/spec.lock.yaml`, text: undefined, fixed: 'it lies in an archive' },
      });
      await expect(open(`${url}/other.tar#${pin}`)).rejects.toMatchObject({ code: 'BUNDLE_FETCH' });
      await expect(plan({ bundle: `${url}/other.tar`, lock: true }, { cwd: dir })).rejects.toMatchObject({ code: 'USAGE' });
    });
  });

  it('of an archive on another machine that is none, or wants out: nothing, and is told of its address', async () => {
    const link = { name: 'a/spec.md', type: '2', link: '/etc/passwd' };
    const files = {
      '/bad.zip': Buffer.from('PK no'),
      '/out.tar': tar([{ name: '../spec.md', content: SPEC }]),
      '/link.tar': tar([link]),
      '/none.tar': tar([{ name: 'a/x.txt' }]),
    };
    await serving(files, async (url) => {
      const codes = {
        'bad.zip': 'BUNDLE_ARCHIVE',
        'out.tar': 'BUNDLE_ESCAPE',
        'link.tar': 'BUNDLE_ESCAPE',
        'none.tar': 'BUNDLE_EMPTY',
      };
      for (const [name, code] of Object.entries(codes)) {
        const error = await open(`${url}/${name}`).catch((thrown: unknown) => thrown);
        expect(error, name).toMatchObject({ code, message: expect.stringContaining(name) });
        expect(JSON.stringify(error)).not.toContain(tmpdir());
      }
    });
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
    ['https://x:y@example.com/a.zip?z#sha256=' + 'ab'.repeat(32), 'a.md', 'https://example.com/a.zip/a.md'],
  ])('%s: %s is %s', (bundle, file, shown) => {
    write({ 'repo/a.md': 'x', 'spec.md': 'x' });
    expect(bundleLocator(bundle, dir)(file)).toBe(shown);
  });

  it('is told by its path in the repository to services that know no working folder', () => {
    write({ 'shop/.git/HEAD': 'x', 'shop/packages/cart/specs/..odd/a.md': 'x', 'loose/a.md': 'x' });
    const from = join(dir, 'shop', 'packages', 'cart');
    expect(repositoryLocator('specs', from)('..odd/a.md')).toBe('packages/cart/specs/..odd/a.md');
    expect(repositoryLocator(join(dir, 'shop', 'packages'), join(dir, 'loose'))('cart/a.md')).toBe('packages/cart/a.md');
    expect(bundleLocator('specs', from)('..odd/a.md')).toBe('specs/..odd/a.md');
    expect(bundleLocator('../loose', join(dir, 'shop'))('a.md')).toBe(join(dir, 'loose', 'a.md'));
    expect(repositoryLocator('../loose', join(dir, 'loose'))('a.md')).toBe('a.md');
  });
});
