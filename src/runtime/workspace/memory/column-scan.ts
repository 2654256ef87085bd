import type { LogDatabase } from '../../log/database.ts';
import { unitVector } from './packed-vector.ts';
import type { ScoredEntry, VectorScan } from './vector-scan.ts';

/** The vectors of one scope, component by component: a query of few components reads only those. */
interface Columns {
  removals: number;
  /** Vectors in use; the arrays have room for more. */
  count: number;
  last: number;
  room: number;
  entries: Uint32Array;
  scales: Float32Array;
  /** By component. */
  columns: Int8Array[];
}

/**
 * All vectors, exactly (to eight bits), for queries most of whose components are zero: a question of six words has 40 components of 512, so that of 100,000
 * vectors 4 MB are read and not 200. They are held in memory, 512 bytes each.
 */
export class ColumnScan implements VectorScan {
  readonly #db: LogDatabase;
  readonly #dimensions: number;
  readonly #scopes = new Map<number, Columns>();

  constructor(db: LogDatabase, dimensions: number) {
    this.#db = db;
    this.#dimensions = dimensions;
  }

  nearest(scopes: readonly number[], query: Float32Array, floor: number): ScoredEntry[] {
    const unit = unitVector(query);
    return scopes.flatMap((scope) => scan(this.#load(scope), unit, floor));
  }

  /** What has been added since is read; all of it, if something has been removed. */
  #load(scope: number): Columns {
    const { size, removals } = this.#db.get<{ size: number; removals: number }>(SCOPE, scope) ?? { size: 0, removals: 0 };
    const held = this.#scopes.get(scope);
    const loaded = held?.removals === removals ? held : empty(removals, this.#dimensions);
    reserve(loaded, size);
    for (const [entry, scale, data] of this.#db.prepare<Row>(VECTORS).raw().iterate(scope, loaded.last) as Iterable<Row>) {
      if (loaded.count === loaded.room) reserve(loaded, loaded.count + 1);
      append(loaded, entry, { scale, data });
    }
    this.#scopes.set(scope, loaded);
    return loaded;
  }
}

type Row = [entry: number, scale: number, data: Uint8Array];

const SCOPE = 'SELECT size, removals FROM scope WHERE n = ?';
const VECTORS = 'SELECT entry, scale, data FROM vector WHERE scope = ? AND entry > ? ORDER BY entry';

function empty(removals: number, dimensions: number): Columns {
  const columns = Array.from({ length: dimensions }, () => new Int8Array());
  return { removals, count: 0, last: 0, room: 0, entries: new Uint32Array(), scales: new Float32Array(), columns };
}

function reserve(loaded: Columns, size: number): void {
  if (size <= loaded.room) return;
  // Some more than is asked for: a mission adds one after the other.
  const room = Math.ceil(size * 1.1) + 64;
  const [entries, scales] = [new Uint32Array(room), new Float32Array(room)];
  entries.set(loaded.entries);
  scales.set(loaded.scales);
  const columns = loaded.columns.map((column) => {
    const longer = new Int8Array(room);
    longer.set(column);
    return longer;
  });
  Object.assign(loaded, { room, entries, scales, columns });
}

function append(loaded: Columns, entry: number, { scale, data }: { scale: number; data: Uint8Array }): void {
  const { count, entries, scales, columns } = loaded;
  entries[count] = entry;
  scales[count] = scale;
  for (let at = 0; at < columns.length; at++) {
    const column = columns[at];
    // Stored as bytes, which an Int8Array takes modulo 256: as they were.
    if (column !== undefined) column[count] = data[at] ?? 0;
  }
  loaded.count++;
  loaded.last = entry;
}

/** The best, or somewhat more of them. */
function scan(loaded: Columns, query: Float32Array, floor: number): ScoredEntry[] {
  const scores = scoresOf(loaded, query);
  const least = leastOf(scores, floor);
  const found: ScoredEntry[] = [];
  scores.forEach((score, at) => {
    if (score >= least) found.push({ entry: loaded.entries[at] ?? 0, score });
  });
  return found;
}

function scoresOf({ count, scales, columns }: Columns, query: Float32Array): Float32Array {
  const scores = new Float32Array(count);
  const used = [...query.keys()].filter((at) => query[at] !== 0);
  // Four columns in one pass: what is added up is read and written a quarter as often.
  for (let at = 0; at < used.length; at += 4) addColumns(scores, { query, columns }, used.slice(at, at + 4));
  for (let i = 0; i < count; i++) scores[i] = (scores[i] as number) * (scales[i] as number);
  return scores;
}

const NONE = new Int8Array();

function addColumns(
  scores: Float32Array,
  { query, columns }: { query: Float32Array; columns: readonly Int8Array[] },
  used: readonly number[],
): void {
  const first = columns[used[0] ?? -1] ?? NONE;
  const [a, b, c, d] = [first, columns[used[1] ?? -1] ?? first, columns[used[2] ?? -1] ?? first, columns[used[3] ?? -1] ?? first];
  const [wa, wb, wc, wd] = [0, 1, 2, 3].map((at) => query[used[at] ?? -1] ?? 0) as [number, number, number, number];
  for (let i = 0; i < scores.length; i++)
    scores[i] =
      (scores[i] as number) + wa * (a[i] as number) + wb * (b[i] as number) + wc * (c[i] as number) + wd * (d[i] as number);
}

/** The best of a scope that are asked for. */
const WANTED = 128;

/** Steps of the cosine in which they are counted. */
const STEPS = 1000;

/** A cosine that at least `WANTED` entries reach, where that many reach `floor`. */
function leastOf(scores: Float32Array, floor: number): number {
  const counts = new Uint32Array(STEPS + 2);
  for (const score of scores)
    if (score >= floor) counts[Math.floor(score * STEPS)] = (counts[Math.floor(score * STEPS)] ?? 0) + 1;
  let sum = 0;
  for (let step = counts.length - 1; step >= 0; step--)
    if ((sum += counts[step] ?? 0) >= WANTED) return Math.max(floor, step / STEPS);
  return floor;
}
