import type { CompactRange, OnSubtree } from './compact-range.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Entry, EntryDraft } from './entry.ts';
import { type Leaf, saysWhen } from './leaf.ts';
import type { Hash } from './merkle.ts';
import { TILE_HEIGHT, TILE_WIDTH } from './tiles.ts';

/** A draft on its way into the log. */
export interface Append {
  readonly draft: EntryDraft;
  /** When it was appended. */
  readonly at: string;
  /** What may be written down of the draft's. */
  readonly data: JsonObject;
  readonly leaf: Leaf;
  /** Where its entry lies, as soon as a batch has found it a place. */
  seq: number;
  /** What closes the batch, in its last entry: one of them. */
  note: string | null;
  mac: Buffer | null;
}

/** What a batch writes, computed before anything is written. */
export interface Batch {
  range: CompactRange;
  fresh: Append[];
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
  const fillsTile = (seq + 1) % TILE_WIDTH === 0;
  batch.range.append(append.leaf.hash, fillsTile ? addTiles(batch) : undefined);
  batch.fresh.push(append);
  if (dedup !== undefined) (batch.keys ??= new Map()).set(dedup, seq);
  return seq;
}

function addTiles({ tiles }: Batch): OnSubtree {
  return (height, n, root) => {
    if (height > 0 && height % TILE_HEIGHT === 0) tiles.push({ level: height / TILE_HEIGHT - 1, n, root });
  };
}

/** Its entries, as `decodeLeaf` will read them: what is folded now is what any later fold will see. */
export function entriesIn({ fresh }: Batch): Entry[] {
  let time = '';
  return fresh.map(({ seq, at, data, draft: { kind, mission, task } }) => {
    if (!saysWhen(kind)) return { seq, kind, at: time, data };
    time = at;
    return { seq, kind, at, data, ...(mission === undefined ? {} : { mission }), ...(task === undefined ? {} : { task }) };
  });
}
