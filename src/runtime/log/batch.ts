import type { CompactRange } from './compact-range.ts';
import type { Entry, EntryDraft } from './entry.ts';
import { decodeLeaf, type Leaf, saysWhen } from './leaf.ts';
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
  fresh: { seq: number; append: Append; note: string | null; mac: Buffer | null }[];
  tiles: { level: number; n: number; root: Hash }[];
  /** Where the entries lie that have a dedup key. Made for the first of them: most batches have none. */
  keys: Map<string, number> | undefined;
}

/** Adds an entry to the batch, and the full tiles that it completes. Returns where it will lie. */
export function grow(batch: Batch, append: Append): number {
  const { kind, dedup } = append.draft;
  if (!saysWhen(kind) && batch.fresh.length === 0)
    throw new RangeError(`a ${kind} entry says no time, and must stand behind one that does`);
  const seq = batch.range.size;
  batch.range.append(append.leaf.hash, (height, index, root) => {
    if (height > 0 && height % TILE_HEIGHT === 0) batch.tiles.push({ level: height / TILE_HEIGHT - 1, n: index, root });
  });
  batch.fresh.push({ seq, append, note: null, mac: null });
  if (dedup !== undefined) (batch.keys ??= new Map()).set(dedup, seq);
  return seq;
}

/** Its entries, read back rather than copied from the drafts: what is folded now is then what any later fold will see. */
export function entriesIn({ fresh }: Batch): Entry[] {
  const entries: Entry[] = [];
  for (const { seq, append } of fresh) {
    const entry = decodeLeaf(seq, append.leaf.body);
    entries.push(entry.at === '' ? { ...entry, at: entries.at(-1)?.at ?? '' } : entry);
  }
  return entries;
}
