import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { NexusError } from '../../../src/base/errors.ts';
import { type FetchedBundle, fetchBundle, type FetchOptions } from '../../../src/runtime/workspace/fetch-bundle.ts';
import { gitAddress } from '../../../src/runtime/workspace/git-address.ts';

let dir: string;
let repository: string;
let home: string;
const fetched: FetchedBundle[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'fetch-'));
  repository = join(dir, 'shop');
  home = join(dir, 'home');
  mkdirSync(repository);
  mkdirSync(home);
  git('init', '-q', '-b', 'main');
});
afterEach(() => {
  for (const each of fetched.splice(0)) each.remove();
  rmSync(dir, { recursive: true, force: true });
});

function git(...args: string[]): string {
  const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'protocol.file.allow=always'];
  const env = { PATH: process.env['PATH'], HOME: home };
  return execFileSync('git', [...identity, ...args], { cwd: repository, env, encoding: 'utf8', stdio: 'pipe' }).trim();
}

function commit(files: Record<string, string | Buffer>): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), content);
  }
  git('add', '-A');
  git('commit', '-qm', 'x');
  return git('rev-parse', 'HEAD');
}

async function fetch(text: string, options: Partial<FetchOptions> = {}): Promise<FetchedBundle> {
  const address = gitAddress(text, dir);
  if (address === undefined) throw new Error(`${text} is no address`);
  const env = { PATH: process.env['PATH'] ?? '', HOME: home };
  const result = await fetchBundle(address, { env, beside: ['spec.lock.yaml'], ...options });
  fetched.push(result);
  return result;
}

async function failure(text: string, options: Partial<FetchOptions> = {}): Promise<NexusError> {
  const error: unknown = await fetch(text, options).catch((thrown: unknown) => thrown);
  if (error instanceof NexusError) return error;
  throw new Error('it was fetched', { cause: error });
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
}

const url = (): string => `file://${repository}/.git`;

describe('fetching', () => {
  it('writes what may be specification at the commit of the default branch, and says which that is', async () => {
    const head = commit({
      'spec.md': '# Shop\r\n',
      'a/b.yaml': 'x: 1',
      'main.ts': 'x',
      'node_modules/a.md': 'x',
      'spec.lock.yaml': 'l',
    });
    const { path, commit: at, origin } = await fetch(url());
    expect(filesBelow(path)).toEqual(['a/b.yaml', 'spec.lock.yaml', 'spec.md']);
    expect(readFileSync(join(path, 'spec.md'), 'utf8')).toBe('# Shop\r\n');
    expect(at).toBe(head);
    expect(origin).toBe(`git+${url()}@${head}`);
  });

  it('reads a branch, a tag, or a commit written in full', async () => {
    const first = commit({ 'spec.md': 'one' });
    git('tag', '-a', 'v1', '-m', 'v1');
    git('switch', '-qc', 'feature/x');
    const second = commit({ 'spec.md': 'two' });
    git('switch', '-q', 'main');
    const third = commit({ 'spec.md': 'three' });
    for (const [ref, is] of [
      ['v1', first],
      ['feature/x', second],
      ['main', third],
      [second, second],
    ] as const)
      expect((await fetch(`${url()}@${ref}`)).commit).toBe(is);
  });

  it('reads a folder of it, or a file, and the lock beside', async () => {
    const head = commit({
      'specs/my a/spec.md': 'x',
      'specs/my a/spec.lock.yaml': 'l',
      'specs/b/spec.md': 'x',
      'note.txt': '# N',
    });
    const folder = await fetch(`${url()}#specs/my a`);
    expect(filesBelow(folder.path)).toEqual(['spec.lock.yaml', 'spec.md']);
    expect(folder.origin).toBe(`git+${url()}@${head}#specs/my%20a`);
    expect(readFileSync((await fetch(`${url()}#note.txt`)).path, 'utf8')).toBe('# N');
  });

  it('reads a bare repository by its path', async () => {
    const head = commit({ 'spec.md': 'x' });
    execFileSync('git', ['clone', '-q', '--bare', repository, join(dir, 'bare.git')], { stdio: 'pipe' });
    expect(await fetch('bare.git')).toMatchObject({ commit: head, origin: `git+file://${dir}/bare.git@${head}` });
  });

  it('leaves nothing behind', async () => {
    commit({ 'spec.md': 'x' });
    const temp = join(dir, 'temp');
    mkdirSync(temp);
    const bundle = await fetch(url(), { temp });
    expect(readdirSync(temp)).toHaveLength(1);
    bundle.remove();
    await failure(`${url()}#nowhere`, { temp });
    expect(readdirSync(temp)).toEqual([]);
  });
});

describe('what the repository says is not obeyed', () => {
  it('no filter, whatever is set up on this machine, and no other line ends', async () => {
    commit({ '.gitattributes': '*.md filter=evil text eol=crlf ident\n', 'spec.md': '# $Id$\n' });
    writeFileSync(
      join(home, '.gitconfig'),
      `[filter "evil"]\n\tsmudge = touch ${dir}/smudged; cat\n\trequired\n[core]\n\tautocrlf = true\n`,
    );
    const { path } = await fetch(url());
    expect(readFileSync(join(path, 'spec.md'), 'utf8')).toBe('# $Id$\n');
    expect(existsSync(join(dir, 'smudged'))).toBe(false);
    git('clone', '-q', repository, join(dir, 'trap'));
    expect(existsSync(join(dir, 'smudged'))).toBe(true);
  });

  it('no hook, of the user neither', async () => {
    const hooks = join(dir, 'hooks');
    mkdirSync(hooks);
    for (const name of ['post-checkout', 'reference-transaction', 'post-index-change'])
      writeFileSync(join(hooks, name), `#!/bin/sh\ntouch ${dir}/hooked\n`, { mode: 0o755 });
    commit({ 'spec.md': 'x' });
    writeFileSync(join(home, '.gitconfig'), `[core]\n\thooksPath = ${hooks}\n\tfsmonitor = touch ${dir}/hooked\n`);
    await fetch(url());
    expect(existsSync(join(dir, 'hooked'))).toBe(false);
  });

  it('no submodule', async () => {
    commit({ 'spec.md': 'x' });
    execFileSync('git', ['clone', '-q', repository, join(dir, 'inner')], { stdio: 'pipe' });
    git('submodule', '--quiet', 'add', join(dir, 'inner'), 'sub');
    git('commit', '-qm', 'sub');
    expect(filesBelow((await fetch(url())).path)).toEqual(['spec.md']);
  });

  it('no program as a transport', async () => {
    writeFileSync(
      join(home, '.gitconfig'),
      `[url "ext::sh -c 'touch ${dir}/ran' %"]\n\tinsteadOf = https://evil.invalid/\n[protocol "ext"]\n\tallow = always\n`,
    );
    expect((await failure('https://evil.invalid/a.git')).code).toBe('BUNDLE_FETCH');
    expect(existsSync(join(dir, 'ran'))).toBe(false);
  });

  it('BUNDLE_ESCAPE: a link that leads out; one that does not is passed over', async () => {
    commit({ 'spec.md': 'x' });
    symlinkSync('spec.md', join(repository, 'also.md'));
    commit({});
    expect(filesBelow((await fetch(url())).path)).toEqual(['spec.md']);
    symlinkSync('../../secret', join(repository, 'zz.md'));
    commit({});
    expect((await failure(url())).code).toBe('BUNDLE_ESCAPE');
  });
});

describe('what cannot be fetched', () => {
  it('BUNDLE_NOT_FOUND: no such branch, no such path, nothing committed', async () => {
    expect((await failure(url())).code).toBe('BUNDLE_NOT_FOUND');
    commit({ 'spec.md': 'x' });
    expect((await failure(`${url()}@nothing`)).code).toBe('BUNDLE_NOT_FOUND');
    expect((await failure(`${url()}@${'1'.repeat(40)}`)).code).toBe('BUNDLE_NOT_FOUND');
    expect((await failure(`${url()}#specs`)).code).toBe('BUNDLE_NOT_FOUND');
  });

  it('BUNDLE_FETCH: no repository, and no password in what is said of it', async () => {
    expect((await failure(`file://${dir}/nowhere.git`)).code).toBe('BUNDLE_FETCH');
    const error = await failure('https://me:hunter2@127.0.0.1:1/a.git?token=hunter2');
    expect(error.code).toBe('BUNDLE_FETCH');
    expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain('hunter2');
  });

  it('BUNDLE_FETCH: a server that never answers, in the time there is', async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const error = await failure(`http://127.0.0.1:${port}/a.git`, { limits: { timeoutMs: 700 } });
    server.close();
    expect(error).toMatchObject({ code: 'BUNDLE_FETCH', message: expect.stringContaining('0.7 s') });
  });

  it('BUNDLE_TOO_LARGE: a repository, and a file', async () => {
    commit({ 'spec.md': 'x', 'data.bin': randomBytes(3 * 2 ** 20) });
    expect((await failure(url(), { limits: { bytes: 2 ** 20 } })).code).toBe('BUNDLE_TOO_LARGE');
    commit({ 'big.md': 'a'.repeat(17 * 2 ** 20) });
    expect((await failure(url())).code).toBe('BUNDLE_TOO_LARGE');
  });
});
