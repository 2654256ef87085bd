import { createHash, randomUUID } from 'node:crypto';

import { NexusError } from '../../../base/errors.ts';
import { type ProcessResult, runProcess } from '../../workspace/process.ts';

/** Where a project lies in a git repository, and how git is found. */
export interface Repository {
  folder: string;
  /** `PATH`. */
  path: string;
}

/** A file over this size is no source. */
const MAX_BYTES = 1024 * 1024;

/**
 * Texts of the files of a revision that `wanted` names, by path, relative to the folder. `current` gives what is there now: where the content is the same, it is not
 * asked for again. Only plumbing is used: no filter, no hook, no program of the repository runs. Throws `NOT_FOUND`, `TOOL_MISSING`.
 */
export async function readRevision(
  revision: string,
  repository: Repository,
  { wanted, current }: { wanted: (path: string) => boolean; current: ReadonlyMap<string, string> },
): Promise<Map<string, string>> {
  const commit = await commitOf(revision, repository);
  const listed = await git(['ls-tree', '-r', '-z', '-l', commit], repository);
  if (listed.code !== 0) throw unknown(revision, listed.stderr);
  const blobs = listed.stdout.split('\0').flatMap((row) => {
    const [, id, size, path] = /^100\d+ blob ([\da-f]+)\s+(\d+)\t([\s\S]+)$/.exec(row) ?? [];
    return id !== undefined && path !== undefined && Number(size) <= MAX_BYTES && wanted(path) ? [{ id, path }] : [];
  });
  const same = (id: string, text: string | undefined) => text !== undefined && blobId(text, id.length) === id;
  const others = blobs.filter(({ id, path }) => !same(id, current.get(path)));
  const texts = await contents(
    others.map(({ id }) => id),
    repository,
  );
  return new Map(
    blobs.map(({ id, path }) => [path, same(id, current.get(path)) ? (current.get(path) ?? '') : (texts.get(id) ?? '')]),
  );
}

async function commitOf(revision: string, repository: Repository): Promise<string> {
  const found = await git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`], repository);
  const commit = found.stdout.trim();
  if (found.code !== 0 || !/^[\da-f]{40,64}$/.test(commit)) throw unknown(revision, found.stderr);
  return commit;
}

/** Each content comes between words that nothing else can hold, so that its length and encoding do not matter. */
async function contents(ids: readonly string[], repository: Repository): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const word = randomUUID();
  const input = [...new Set(ids)].flatMap((id) => [id, `${word}${id}`]).join('\n');
  const { stdout } = await git(['cat-file', '--batch'], repository, `${input}\n`);
  let rest = stdout;
  return new Map(
    [...new Set(ids)].map((id) => {
      const end = rest.indexOf(`${word}${id} missing\n`);
      const entry = rest.slice(0, end);
      rest = rest.slice(end + word.length + id.length + ' missing\n'.length);
      return [id, entry.slice(entry.indexOf('\n') + 1, -1)];
    }),
  );
}

function blobId(text: string, length: number): string {
  const bytes = Buffer.from(text);
  return createHash(length === 64 ? 'sha256' : 'sha1')
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest('hex');
}

function git(args: readonly string[], { folder, path }: Repository, input?: string): Promise<ProcessResult> {
  const env = {
    PATH: path,
    LC_ALL: 'C.UTF-8',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_NO_LAZY_FETCH: '1',
  };
  const options = { cwd: folder, env, timeoutMs: 120_000, outputLimit: 256 * 1024 * 1024, ...(input !== undefined && { input }) };
  return runProcess(['git', '-c', 'core.fsmonitor=false', ...args], options);
}

function unknown(revision: string, said: string): NexusError {
  return new NexusError('NOT_FOUND', `git knows no revision \`${revision}\` here.`, {
    hint: 'Name a commit, a branch or a tag of the repository that the project is in.',
    details: { revision, said: said.trim().slice(0, 500) },
  });
}
