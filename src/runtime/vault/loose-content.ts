import { type Digest, isDigest } from '../../base/digest.ts';
import { NexusError } from '../../base/errors.ts';
import { heapBound } from '../../base/heap-bound.ts';
import { isJsonObject } from '../../base/json.ts';
import type { Entry } from '../log/entry.ts';
import type { TileFile } from '../log/log-reader.ts';
import type { ContentStore } from './content-store.ts';
import { MISSION_CREATED } from './records.ts';
import { parseChangeListing } from './tree-listing.ts';

/** What is read of the log to know what it refers to; `LogReader` does. */
export interface NamingLog {
  entryBundles(): Iterable<TileFile>;
  entries(query: { kinds: readonly string[] }): Iterable<Entry>;
}

/** Entries that name lists of files, and the members that do. */
const KINDS_WITH_TREES = [MISSION_CREATED, 'task.succeeded', 'task.cached', 'gate.decided', 'mission.finished'];
const TREES = ['tree', 'head'];

/**
 * Content that nothing refers to: no entry of the log names it, whatever its kind, and no list of files that an entry names has it. What any version
 * of this program has ever recorded is therefore safe, also evidence that a later attempt has replaced. Throws `STORE_CORRUPT` where a list of files
 * is damaged: what it has could not be known.
 */
export function looseContent(log: NamingLog, store: ContentStore): Set<Digest> {
  const loose = new Set(store.list());
  const boundHeap = heapBound();
  for (const { bytes } of log.entryBundles()) {
    boundHeap();
    // Entries are canonical JSON: a digest is written in one way, with or without `sha256:` before it.
    for (const [hex] of bytes.toString('latin1').matchAll(/[\da-f]{64}/g)) loose.delete(`sha256:${hex}`);
  }
  for (const tree of namedTrees(log)) {
    boundHeap();
    for (const digest of filesOf(tree, store)) loose.delete(digest);
  }
  return loose;
}

function namedTrees(log: NamingLog): Set<Digest> {
  const trees = new Set<Digest>();
  for (const entry of log.entries({ kinds: KINDS_WITH_TREES })) for (const tree of treesIn(entry)) trees.add(tree);
  return trees;
}

/** Digests of the lists of files that an entry names. */
export function treesIn({ kind, data }: Entry): Digest[] {
  if (!KINDS_WITH_TREES.includes(kind)) return [];
  const named = isJsonObject(data['base']) ? data['base'] : data;
  return TREES.flatMap((member) => {
    const digest = named[member];
    return isDigest(digest) ? [digest] : [];
  });
}

/** Contents of a list of files. One that is not there has nothing to say: the task whose it was runs again. */
export function filesOf(tree: Digest, store: ContentStore): Digest[] {
  if (!store.has(tree)) return [];
  try {
    return parseChangeListing(store.get(tree)).files.map(({ digest }) => digest);
  } catch (error) {
    if (error instanceof NexusError) throw error;
    throw new NexusError('STORE_CORRUPT', `${tree} is named as a list of files, and is none.`, {
      hint: 'A newer version may have written it: update agentnexus. Nothing was removed.',
      details: { digest: tree },
      cause: error,
    });
  }
}
