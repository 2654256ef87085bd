import type { CompactRange } from './compact-range.ts';
import type { Entry, EntryDraft } from './entry.ts';
import { decodeLeaf, type Leaf } from './leaf.ts';
import type { Hash } from './merkle.ts';
import { TILE_HEIGHT } from './tiles.ts';

/** A draft on its way into the log. */
export interface Append {
  draft: EntryDraft;
  leaf: Leaf;
}

/** Rows and tiles of a batch, computed before anything is written. */
export interface Batch {
  range: CompactRange;
  fresh: { entry: Entry; append: Append; note: string | null; mac: Buffer | null }[];
  tiles: { level: number; n: number; root: Hash }[];
  /** The entries that have a dedup key, by it. Made for the first of them: most batches have none. */
  keys: Map<string, Entry> | undefined;
}

/** Adds an entry to the batch, and the full tiles that it completes. */
export function grow(batch: Batch, append: Append): Entry {
  // Read back rather than copied from the draft: what is folded now is then what any later fold will see.
  const read = decodeLeaf(batch.range.size, append.leaf.body);
  const entry = read.at === '' ? { ...read, at: batch.fresh.at(-1)?.entry.at ?? '' } : read;
  if (entry.at === '') throw new RangeError(`a ${entry.kind} entry says no time, and must stand behind one that does`);
  batch.range.append(append.leaf.hash, (height, index, root) => {
    if (height > 0 && height % TILE_HEIGHT === 0) batch.tiles.push({ level: height / TILE_HEIGHT - 1, n: index, root });
  });
  batch.fresh.push({ entry, append, note: null, mac: null });
  if (append.draft.dedup !== undefined) (batch.keys ??= new Map()).set(append.draft.dedup, entry);
  return entry;
}
