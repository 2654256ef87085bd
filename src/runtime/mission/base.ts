import { heapBound } from '../../base/heap-bound.ts';
import type { LogQueries } from '../log/database.ts';
import type { Artifact, Tree } from '../vault/artifact.ts';
import { type BaseRecord, parseBaseRecord } from '../vault/base-record.ts';
import type { ContentStore } from '../vault/content-store.ts';
import { type GitEntry, gitListing, parseGitListing } from '../vault/git-objects.ts';
import { storeTree } from '../vault/tree-listing.ts';
import { artifactTypeOf } from '../workspace/artifact-type.ts';
import type { BaseCommit } from '../workspace/git/base-commit.ts';
import { readBlobs } from '../workspace/git/read-blobs.ts';
import { readTree } from './stored-tree.ts';

/** What was there before any task of a mission. */
export class Base {
  readonly record: BaseRecord;
  readonly tree: Tree;
  /** By path. */
  readonly files: ReadonlyMap<string, Artifact>;
  readonly #entries: () => readonly GitEntry[];
  #leftOut: ReadonlySet<string> | undefined;

  /** `entries`: everything that the commit has, what agents do not see too. */
  constructor(record: BaseRecord, tree: Tree, entries: () => readonly GitEntry[]) {
    this.record = record;
    this.tree = tree;
    this.#entries = entries;
    this.files = new Map(tree.map((file) => [file.path, file]));
  }

  /** Whether a file is just as the commit has it. */
  has({ path, digest, executable }: Omit<Artifact, 'size'>): boolean {
    const file = this.files.get(path);
    return file?.digest === digest && file.executable === executable;
  }

  /** What of the path is in the commit, and not for agents to see or change: itself, or a link or submodule that it leads through. */
  fixed(path: string): string | undefined {
    if (this.record.leftOut === 0) return undefined;
    this.#leftOut ??= new Set(this.#entries().flatMap((entry) => (this.files.has(entry.path) ? [] : [entry.path])));
    const parts = path.split('/');
    const prefixes = parts.map((_, at) => parts.slice(0, at + 1).join('/'));
    return prefixes.find((prefix) => this.#leftOut?.has(prefix));
  }

  /** Files of a tree that are not as the commit has them. */
  changedIn(tree: Tree): Tree {
    return tree.filter((file) => !this.has(file));
  }

  /** Files of the commit that a tree has no longer. */
  goneFrom(tree: Tree): Tree {
    const paths = new Set(tree.map(({ path }) => path));
    return this.tree.filter(({ path }) => !paths.has(path));
  }
}

/** The base that a mission's row has on record; undefined if it started from nothing. */
export function baseOf({ base }: { base: string | null }, store: ContentStore): Base | undefined {
  const record = base === null ? undefined : parseBaseRecord(JSON.parse(base));
  return record && new Base(record, readTree(store, record.tree), () => parseGitListing(store.get(record.entries)));
}

/** Puts what a mission starts from into the store. What an earlier mission of the same files has put there is not read again. */
export async function keepBase(base: BaseCommit, store: ContentStore, db: LogQueries): Promise<BaseRecord> {
  const { repository, commit, uri, entries, files, leftOut, key } = base;
  const object = await store.put(await repository.bytes(['cat-file', 'commit', commit]));
  const kept = {
    commit,
    uri,
    key,
    entries: await store.put(gitListing(entries)),
    object,
    files: files.length,
    leftOut: leftOut.length,
  };
  const known = knownTree(key, store, db);
  return { ...kept, tree: known ?? (await storeTree(store, await readFiles(base, store))) };
}

function knownTree(key: BaseRecord['key'], store: ContentStore, db: LogQueries): BaseRecord['tree'] | undefined {
  const rows = db.all<{ base: string }>('SELECT base FROM mission WHERE base IS NOT NULL ORDER BY first_seq DESC LIMIT 20');
  const trees = rows.flatMap(({ base }) => parseBaseRecord(JSON.parse(base)) ?? []).filter((record) => record.key === key);
  return trees.find(({ tree }) => store.has(tree) && readTree(store, tree).every(({ digest }) => store.has(digest)))?.tree;
}

async function readFiles({ repository, files }: BaseCommit, store: ContentStore): Promise<Tree> {
  const tree: Artifact[] = [];
  const boundHeap = heapBound();
  await readBlobs(repository, files, async (batch) => {
    const digests = await store.putMany(batch.map(({ content }) => content));
    for (const [at, { blob, content }] of batch.entries()) {
      const digest = digests[at];
      if (digest === undefined) throw new RangeError('the store lost a file');
      const file = { path: blob.path, digest, size: content.length, type: artifactTypeOf(blob.path) };
      tree.push(blob.mode === '100755' ? { ...file, executable: true } : file);
    }
    boundHeap();
  });
  return tree;
}
