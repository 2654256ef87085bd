import type { Digest } from '../../../base/digest.ts';
import type { Tree } from '../../vault/artifact.ts';
import { noResult, type SuiteResult } from '../suite-result.ts';
import { findWeakening } from './find-weakening.ts';
import { readRevision, type Repository } from './git-revision.ts';
import { isWatched } from './test-paths.ts';
import type { Trees } from './trees.ts';

/** A file over this size is no source. */
const MAX_BYTES = 1024 * 1024;

interface Project {
  tree: Tree;
  read: (digest: Digest) => Uint8Array;
}

/** Holds a project against a revision of the git repository that it lies in. Throws `NOT_FOUND`, `TOOL_MISSING`. */
export async function weakeningSince(revision: string, project: Project, repository: Repository): Promise<SuiteResult> {
  return { ...noResult(), findings: findWeakening(await treesSince(revision, project, { ...repository, wanted: isWatched })) };
}

/** The files of a project that `wanted` names, as they were at a revision and as they are. Throws `NOT_FOUND`, `TOOL_MISSING`. */
export async function treesSince(
  revision: string,
  { tree, read }: Project,
  { wanted, ...repository }: Repository & { wanted: (path: string) => boolean },
): Promise<Trees> {
  const watched = tree.filter(({ path, size }) => wanted(path) && size <= MAX_BYTES);
  const after = new Map(watched.map(({ path, digest }) => [path, Buffer.from(read(digest)).toString('utf8')]));
  const before = await readRevision(revision, repository, { wanted, current: after });
  return { before: unified(before), after: unified(after) };
}

/** Line ends are git's to settle, and no change. */
function unified(texts: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...texts].map(([path, text]) => [path, text.replaceAll('\r\n', '\n')]));
}
