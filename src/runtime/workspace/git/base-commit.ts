import { relative, sep } from 'node:path';

import { type Digest, digestOf } from '../../../base/digest.ts';
import { NexusError } from '../../../base/errors.ts';
import { counted, grouped } from '../../../base/text.ts';
import { byPath, type GitEntry, gitHash, gitTreeId, isGitFile } from '../../vault/git-objects.ts';
import { withoutSecrets } from '../git-address.ts';
import { productPathFault, productPathsFault } from '../product-path.ts';
import type { UserRepository } from './user-repository.ts';

/** What a commit may hold at most for a mission to start from it. */
const BASE_LIMITS = { files: 50_000, bytes: 512 * 2 ** 20, fileBytes: 64 * 2 ** 20 };

/** The commit that a mission starts from: what it has, but no contents yet. */
export interface BaseCommit {
  repository: UserRepository;
  commit: string;
  /** `git+https://host/repository.git@COMMIT`, without secrets. */
  uri: string;
  /** Everything in the commit. */
  entries: readonly GitEntry[];
  /** The plain files among them that agents see, in the order of their paths. */
  files: readonly (GitEntry & { bytes: number })[];
  /** What agents do not see and what stays as it is: links, submodules, folders of tools, names that not every system allows. */
  leftOut: readonly LeftOut[];
  /** Equal for equal files, whatever the commit: part of the keys of tasks that may read them. */
  key: Digest;
}

export interface LeftOut {
  path: string;
  why: string;
}

/**
 * Reads what a commit has. Undefined where there is nothing to start from: no commit yet, and none was asked for. Throws `BASE_NOT_FOUND`,
 * `BASE_TOO_LARGE`, `BASE_UNUSABLE`, `REPOSITORY_FAILED`. `hidden`: absolute paths that agents are to see nothing of.
 */
export async function findBaseCommit(
  repository: UserRepository,
  revision: string | undefined,
  { limits = BASE_LIMITS, hidden = [] }: { limits?: typeof BASE_LIMITS; hidden?: readonly string[] } = {},
): Promise<BaseCommit | undefined> {
  const commit = await commitOf(repository, revision ?? 'HEAD');
  if (commit === undefined && revision === undefined) return undefined;
  if (commit === undefined) throw notFound(repository, revision ?? 'HEAD');
  const listed = parseListing(await repository.bytes(['ls-tree', '-r', '-z', '--long', '--full-tree', commit]), repository);
  const leftOut: LeftOut[] = [];
  const places = hidden.map((place) => relative(repository.root, place).split(sep).join('/'));
  const isHidden = ({ path }: GitEntry) => places.some((place) => place === '' || path === place || path.startsWith(`${place}/`));
  const files = listed.filter((entry) => {
    const why = whyLeftOut(entry) ?? (isHidden(entry) ? 'is held out' : undefined);
    if (why !== undefined) leftOut.push({ path: entry.path, why });
    return why === undefined;
  });
  refuseLarge(repository, files, limits);
  const fault = productPathsFault(files.map(({ path }) => path));
  if (fault !== undefined) throw unusable(repository, fault);
  const entries = listed.map(({ mode, id, path }): GitEntry => ({ mode, id, path }));
  const tree = await repository.text(['rev-parse', '--verify', `${commit}^{tree}`]);
  if (gitTreeId(entries, gitHash(tree)) !== tree) throw unusable(repository, 'its trees are not written as git writes them');
  const uri = await uriOf(repository, commit);
  const key = digestOf(files.map(({ mode, id, path }) => [mode, id, path]));
  return { repository, commit, uri, entries, files: files.toSorted(byPath), leftOut, key };
}

async function commitOf(repository: UserRepository, revision: string): Promise<string | undefined> {
  if (revision.startsWith('-') || /[\p{Cc}\s]/u.test(revision)) throw notFound(repository, revision);
  const id = await repository.tryText(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
  // An older git says `--end-of-options` too.
  return id?.split('\n').at(-1) || undefined;
}

const LISTED = /^(\d{6}) \w+ ([\da-f]+) +(\d+|-)\t(.*)$/s;

function parseListing(bytes: Buffer, repository: UserRepository): (GitEntry & { bytes: number })[] {
  const entries: (GitEntry & { bytes: number })[] = [];
  for (let from = 0, end = bytes.indexOf(0); end !== -1; from = end + 1, end = bytes.indexOf(0, from)) {
    const line = bytes.subarray(from, end);
    const text = line.toString('utf8');
    if (Buffer.byteLength(text) !== line.length || text.includes('�')) throw unusable(repository, `the name ${text} is no UTF-8`);
    const [, mode = '', id = '', size = '', path = ''] = LISTED.exec(text) ?? [];
    if (mode === '') throw unusable(repository, 'its listing cannot be read');
    entries.push({ mode: mode.replace(/^0+/, ''), id, path, bytes: size === '-' ? 0 : Number(size) });
  }
  return entries;
}

function whyLeftOut(entry: GitEntry): string | undefined {
  if (entry.mode === '120000') return 'is a symbolic link';
  if (entry.mode === '160000') return 'is a submodule';
  if (!isGitFile(entry)) return `has the mode ${entry.mode}`;
  return productPathFault(entry.path);
}

function refuseLarge(
  { root }: UserRepository,
  files: readonly (GitEntry & { bytes: number })[],
  limits: typeof BASE_LIMITS,
): void {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const large = files.find((file) => file.bytes > limits.fileBytes);
  const what =
    files.length > limits.files
      ? `${counted(files.length, 'file')}; a mission takes ${grouped(limits.files)}`
      : bytes > limits.bytes
        ? `${grouped(bytes)} bytes; a mission takes ${grouped(limits.bytes)}`
        : large && `${large.path} with ${grouped(large.bytes)} bytes; a mission takes ${grouped(limits.fileBytes)} a file`;
  if (what === undefined) return;
  throw new NexusError('BASE_TOO_LARGE', `The commit to start from in ${root} has ${what}.`, {
    hint: 'Start from nothing with `--base none`.',
    details: { repository: root },
  });
}

async function uriOf(repository: UserRepository, commit: string): Promise<string> {
  const remote = await repository.tryText(['config', '--get', 'remote.origin.url']);
  const isAddress = remote !== undefined && /^(?:https?|ssh|git):\/\/[^\s]+$/i.test(remote);
  return `git+${isAddress ? encodeURI(decodeURIComponentSafe(withoutSecrets(remote))) : `file://${encodeURI(repository.root)}`}@${commit}`;
}

function decodeURIComponentSafe(text: string): string {
  try {
    return decodeURI(text);
  } catch {
    return text;
  }
}

function notFound({ root }: UserRepository, revision: string): NexusError {
  return new NexusError('BASE_NOT_FOUND', `${root} has no commit ${JSON.stringify(revision)}.`, {
    hint: 'Name a branch, tag or commit that `git log` shows, or `--base none`.',
    details: { repository: root, revision },
  });
}

function unusable({ root }: UserRepository, why: string): NexusError {
  return new NexusError('BASE_UNUSABLE', `No mission can start from the commit in ${root}: ${why}.`, {
    hint: 'Rename what is named, or start from nothing with `--base none`.',
    details: { repository: root },
  });
}
