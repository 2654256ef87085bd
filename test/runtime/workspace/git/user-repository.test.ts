import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import {
  gitHash,
  gitObjectId,
  gitTreeId,
  parseGitListing,
  gitListing,
  treeOfCommit,
} from '../../../../src/runtime/vault/git-objects.ts';
import { findBaseCommit } from '../../../../src/runtime/workspace/git/base-commit.ts';
import { branchValue, keepRef, moveBranch, whyNotMoved } from '../../../../src/runtime/workspace/git/branches.ts';
import { readBlobs } from '../../../../src/runtime/workspace/git/read-blobs.ts';
import { repositoryAround } from '../../../../src/runtime/workspace/git/repository-around.ts';
import { UserRepository } from '../../../../src/runtime/workspace/git/user-repository.ts';
import { writeResult } from '../../../../src/runtime/workspace/git/write-result.ts';
import { aRepository, type ARepository } from './a-repository.ts';

let own: ARepository;
let scratch: string;
beforeEach(() => {
  own = aRepository();
  scratch = mkdtempSync(join(tmpdir(), 'scratch-'));
});
afterEach(() => {
  own.remove();
  rmSync(scratch, { recursive: true, force: true });
});

function repository(): UserRepository {
  const root = repositoryAround(join(own.dir, 'src'));
  if (root === undefined) throw new Error('there is no repository');
  return UserRepository.at(root, own.env);
}

/** A file with some content, outside of the repository. */
function stored(content: string): string {
  const path = join(scratch, `stored-${gitObjectId('blob', Buffer.from(content), 'sha1').slice(0, 8)}`);
  writeFileSync(path, content);
  return path;
}

describe('the commit that a mission starts from', () => {
  it('is read byte by byte, its files apart from what agents do not see', async () => {
    own.write('.gitattributes', '*.txt text eol=crlf\n');
    own.write('src/a.txt', 'one\ntwo\n');
    own.write('run.sh', 'echo');
    chmodSync(join(own.dir, 'run.sh'), 0o755);
    own.write('node_modules/kept/index.js', 'x');
    own.write('bin.dat', new Uint8Array([0, 255, 10]));
    symlinkSync('/etc/passwd', join(own.dir, 'link'));
    own.git('add', '--all', '--force', '.');
    own.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},sub`);
    own.git('commit', '--quiet', '--message', 'all kinds');
    const base = await findBaseCommit(repository(), undefined);
    expect(base?.commit).toBe(own.git('rev-parse', 'HEAD'));
    expect(base?.files.map(({ mode, path }) => `${mode} ${path}`)).toEqual([
      '100644 .gitattributes',
      '100644 bin.dat',
      '100755 run.sh',
      '100644 src/a.txt',
    ]);
    expect(base?.leftOut.map(({ path, why }) => `${path} ${why}`)).toEqual([
      'link is a symbolic link',
      'node_modules/kept/index.js holds node_modules, which belongs to a tool',
      'sub is a submodule',
    ]);
    expect(base?.uri).toBe(`git+file://${own.dir}@${base?.commit}`);
    const contents: string[] = [];
    await readBlobs(repository(), base?.files ?? [], async (batch) => {
      contents.push(...batch.map(({ content }) => Buffer.from(content).toString('latin1')));
    });
    expect(contents).toEqual(['*.txt text eol=crlf\n', '\0\xff\n', 'echo', 'one\ntwo\n']);
  });

  it('has the same key for the same files, and says where it is from without secrets', async () => {
    own.write('a', 'a');
    own.commit('one');
    own.git('remote', 'add', 'origin', 'https://me:secret@example.org/ab.git?token=1');
    const first = await findBaseCommit(repository(), 'main');
    own.commit('two, of nothing');
    const second = await findBaseCommit(repository(), 'HEAD');
    expect(second?.commit).not.toBe(first?.commit);
    expect(second?.key).toBe(first?.key);
    expect(second?.uri).toMatch(/^git\+https:\/\/example\.org\/ab\.git@[\da-f]{40}$/);
  });

  it('is none in an empty repository; what was asked for, or cannot be, is refused', async () => {
    expect(await findBaseCommit(repository(), undefined)).toBeUndefined();
    await expect(findBaseCommit(repository(), 'HEAD')).rejects.toMatchObject({ code: 'BASE_NOT_FOUND' });
    await expect(findBaseCommit(repository(), '--output=x')).rejects.toMatchObject({ code: 'BASE_NOT_FOUND' });
    own.write('a', 'a');
    own.write('A', 'A');
    own.commit();
    await expect(findBaseCommit(repository(), undefined)).rejects.toMatchObject({ code: 'BASE_UNUSABLE' });
  });

  it('is refused where it is more than a mission takes', async () => {
    own.write('a', 'aaaa');
    own.write('b', 'bb');
    own.commit();
    const find = (limits: { files: number; bytes: number; fileBytes: number }) =>
      findBaseCommit(repository(), undefined, { limits });
    const enough = { files: 2, bytes: 6, fileBytes: 4 };
    expect((await find(enough))?.files).toHaveLength(2);
    for (const less of [{ files: 1 }, { bytes: 5 }, { fileBytes: 3 }]) {
      await expect(find({ ...enough, ...less })).rejects.toMatchObject({ code: 'BASE_TOO_LARGE' });
    }
  });

  it('is no riddle where git cannot read it', async () => {
    own.write('a', 'a');
    own.commit();
    rmSync(join(own.dir, '.git', 'refs'), { recursive: true });
    await expect(findBaseCommit(repository(), undefined)).rejects.toMatchObject({ code: 'REPOSITORY_FAILED' });
  });

  it('is proven by its trees, hashed anew, in both kinds of repository', async () => {
    own.write('a/b/c', '1');
    own.write('a.txt', '2');
    own.write('a/b.txt', '3');
    own.commit();
    const base = await findBaseCommit(repository(), undefined);
    const object = await repository().bytes(['cat-file', 'commit', base?.commit ?? '']);
    expect(gitObjectId('commit', object, 'sha1')).toBe(base?.commit);
    const entries = parseGitListing(gitListing(base?.entries ?? []));
    expect(gitTreeId(entries, 'sha1')).toBe(treeOfCommit(object));
    expect(gitTreeId(entries.slice(1), 'sha1')).not.toBe(treeOfCommit(object));
    expect(gitHash('0'.repeat(64))).toBe('sha256');
  });
});

describe('the result', () => {
  it('is a commit of its own on the base, the same for the same, and leaves everything else as it is', async () => {
    own.write('keep.txt', 'keep');
    own.write('gone.txt', 'gone');
    symlinkSync('keep.txt', join(own.dir, 'link'));
    const base = own.commit();
    own.write('keep.txt', 'work in progress');
    own.write('staged.txt', 'staged');
    own.git('add', 'staged.txt');
    own.git('stash', 'push', '--quiet', '--keep-index');
    const before = [own.git('status', '--porcelain'), own.git('stash', 'list'), readFileSync(join(own.dir, '.git', 'index'))];
    const result = {
      base,
      files: [
        { path: 'src/new.sh', content: stored('new'), executable: true },
        { path: 'keep.txt', content: stored('kept'), executable: false },
      ],
      removed: ['gone.txt'],
      message: 'The result\n',
      at: Date.UTC(2026, 0, 1),
    };
    const commit = await writeResult(repository(), result, scratch);
    expect(await writeResult(repository(), result, scratch)).toBe(commit);
    expect(own.git('log', '-1', '--format=%P %an <%ae> %at %ct %s', commit)).toBe(
      `${base} AgentNexus <results@agentnexus.dev> 1767225600 1767225600 The result`,
    );
    expect(own.git('ls-tree', '-r', '--format=%(objectmode) %(path)', commit).split('\n')).toEqual([
      '100644 keep.txt',
      '120000 link',
      '100755 src/new.sh',
    ]);
    expect(own.git('show', `${commit}:keep.txt`)).toBe('kept');
    expect([own.git('status', '--porcelain'), own.git('stash', 'list'), readFileSync(join(own.dir, '.git', 'index'))]).toEqual(
      before,
    );
  });

  it('moves a branch only from where it was', async () => {
    const [first, second] = [own.commit('one'), own.commit('two')];
    const move = (from: string | undefined, to: string) =>
      moveBranch(repository(), { branch: 'x', from, to, kept: 'refs/agentnexus/m' });
    await move(undefined, first);
    await expect(move(undefined, second)).rejects.toMatchObject({ code: 'BRANCH_MOVED' });
    expect(await branchValue(repository(), 'x')).toBe(first);
    await move(first, second);
    await expect(move(first, first)).rejects.toMatchObject({
      code: 'BRANCH_MOVED',
      message: expect.stringContaining(`is at ${second.slice(0, 12)} now`),
    });
    // It is there already: whoever was killed after moving it finds that out.
    await move(first, second);
    await keepRef(repository(), 'refs/agentnexus/m', first);
    await keepRef(repository(), 'refs/agentnexus/m', second);
    expect(own.git('rev-parse', 'refs/agentnexus/m')).toBe(first);
  });

  it('goes to no branch on which something would be lost or disturbed', async () => {
    const first = own.commit('one');
    const base = own.commit('two');
    const theirs = own.git('commit-tree', `${base}^{tree}`, '-p', first, '-m', 'theirs');
    own.git('branch', 'behind', first);
    own.git('branch', 'theirs', theirs);
    own.git('symbolic-ref', 'refs/heads/alias', 'refs/heads/main');
    own.git('worktree', 'add', '--quiet', '-b', 'elsewhere', join(scratch, 'tree'));
    const why = (branch: string, ours = new Map<string, string>()) => whyNotMoved(repository(), { branch, base, ours });
    expect(await why('new')).toBeUndefined();
    expect(await why('behind')).toBeUndefined();
    expect(await why('main')).toBe(`is checked out in ${own.dir}`);
    expect(await why('elsewhere')).toContain('is checked out in');
    expect(await why('alias')).toBe('is a symbolic ref to another branch');
    expect(await why('a..b')).toBe('is no name that git allows');
    expect(await why('theirs')).toContain('holds commits');
    expect(await why('theirs', new Map([[theirs, 'mission']]))).toBeUndefined();
  });
});

describe('what a repository says is to be run', () => {
  it('is not run, whatever is done with it', async () => {
    const canary = join(scratch, 'canary');
    const script = join(scratch, 'run.sh');
    writeFileSync(script, `#!/bin/sh\necho "$0 $*" >> '${canary}'\ncat\n`, { mode: 0o755 });
    own.write('.gitattributes', '* filter=evil diff=evil merge=evil\n');
    own.write('a.txt', 'a');
    const base = own.commit();
    for (const hook of ['reference-transaction', 'post-index-change', 'pre-commit', 'post-commit', 'update', 'post-checkout']) {
      own.write(`.git/hooks/${hook}`, `#!/bin/sh\necho ${hook} >> '${canary}'\n`);
      chmodSync(join(own.dir, '.git/hooks', hook), 0o755);
    }
    const settings = {
      'core.fsmonitor': script,
      'core.pager': script,
      'core.editor': script,
      'core.sshCommand': script,
      'core.askPass': script,
      'core.alternateRefsCommand': script,
      'core.splitIndex': 'true',
      'filter.evil.clean': script,
      'filter.evil.smudge': script,
      'filter.evil.process': script,
      'filter.evil.required': 'true',
      'diff.external': script,
      'diff.evil.textconv': script,
      'merge.evil.driver': script,
      'gpg.program': script,
      'commit.gpgSign': 'true',
      'alias.ls-tree': `!${script}`,
      'credential.helper': `!${script}`,
      'uploadpack.packObjectsHook': script,
      'extensions.partialClone': 'evil',
      'remote.evil.url': `ext::${script}`,
      'remote.evil.promisor': 'true',
    };
    for (const [name, value] of Object.entries(settings))
      own.write('.git/config', `${readFileSync(join(own.dir, '.git/config'), 'utf8')}\n${section(name, value)}`);
    const found = await findBaseCommit(repository(), undefined);
    await readBlobs(repository(), found?.files ?? [], async () => undefined);
    const files = [{ path: 'a.txt', content: stored('b'), executable: false }];
    const commit = await writeResult(repository(), { base, files, removed: [], message: 'm', at: 0 }, scratch);
    await keepRef(repository(), 'refs/agentnexus/m', commit);
    await whyNotMoved(repository(), { branch: 'x', base, ours: new Map() });
    await moveBranch(repository(), { branch: 'x', from: undefined, to: commit, kept: 'refs/agentnexus/m' });
    expect(existsSync(canary) ? readFileSync(canary, 'utf8') : '').toBe('');
    expect(await branchValue(repository(), 'x')).toBe(commit);
  });
});

function section(name: string, value: string): string {
  const parts = name.split('.');
  const [first = '', key = ''] = [parts[0], parts.at(-1)];
  const middle = parts.slice(1, -1).join('.');
  return `[${first}${middle === '' ? '' : ` "${middle}"`}]\n\t${key} = ${JSON.stringify(value)}\n`;
}
