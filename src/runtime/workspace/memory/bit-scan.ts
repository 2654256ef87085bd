import type { LogDatabase } from '../../log/database.ts';
import { dot, signBits, unitVector, wordsOf } from './packed-vector.ts';
import type { ScoredEntry, VectorScan } from './vector-scan.ts';

/** Of one scope: what the first look goes over. 100,000 vectors of 512 components take 7 MB, as floats they would take 200. */
interface LoadedScope {
  removals: number;
  /** Entries in use; the arrays have room for more. */
  count: number;
  last: number;
  entries: Uint32Array;
  /** Beginnings of the ids: among equals, the first of these counts, in whatever order they came. */
  ties: Uint32Array;
  bits: Uint32Array<ArrayBuffer>;
}

/** Vectors that are looked at closely. */
const CANDIDATES = 256;

/**
 * The nearest vectors in two looks, for embedders whose vectors have a value in each component. The first counts, over all vectors, in how many components the
 * sign is another than the query's; the second works out the angle for the best of them, which come from the disk.
 */
export class BitScan implements VectorScan {
  readonly #db: LogDatabase;
  readonly #words: number;
  readonly #scopes = new Map<number, LoadedScope>();

  constructor(db: LogDatabase, dimensions: number) {
    this.#db = db;
    this.#words = wordsOf(dimensions);
  }

  nearest(scopes: readonly number[], query: Float32Array, floor: number): ScoredEntry[] {
    const unit = unitVector(query);
    const loaded = scopes.map((scope) => this.#load(scope));
    const candidates = this.#firstLook(scopes, loaded, {
      signs: signBits(unit),
      mask: signBits(unit, (value) => value !== 0),
    });
    const sql = 'SELECT scale, data FROM vector WHERE scope = ? AND entry = ?';
    return candidates
      .flatMap(({ scope, entry }) => {
        const row = this.#db.get<{ scale: number; data: Uint8Array }>(sql, scope, entry);
        return row === undefined ? [] : [{ entry, score: dot(unit, row.data, row.scale) }];
      })
      .filter(({ score }) => score >= floor);
  }

  #firstLook(
    scopes: readonly number[],
    loaded: readonly LoadedScope[],
    { signs, mask }: { signs: Uint32Array; mask: Uint32Array },
  ): { scope: number; entry: number }[] {
    const counts = new Uint32Array(this.#words * 32 + 1);
    const distances = loaded.map((scope) => scanBits(scope, { signs, mask, counts }));
    const limit = limitOf(counts);
    const near: { scope: number; entry: number; distance: number; tie: number }[] = [];
    for (const [at, scope] of loaded.entries()) {
      const found = distances[at] ?? new Uint16Array();
      for (let i = 0; i < scope.count; i++) {
        const distance = found[i] ?? limit + 1;
        if (distance <= limit)
          near.push({ scope: scopes[at] ?? 0, entry: scope.entries[i] ?? 0, distance, tie: scope.ties[i] ?? 0 });
      }
    }
    near.sort((a, b) => a.distance - b.distance || a.tie - b.tie);
    return near.slice(0, CANDIDATES);
  }

  /** What has been added since is read; all of it, if something has been removed. */
  #load(scope: number): LoadedScope {
    const row = this.#db.get<{ size: number; removals: number }>('SELECT size, removals FROM scope WHERE n = ?', scope);
    const { size, removals } = row ?? { size: 0, removals: 0 };
    const held = this.#scopes.get(scope);
    const loaded = held?.removals === removals ? held : this.#empty(removals);
    this.#reserve(loaded, size);
    const sql = 'SELECT entry, tie, bits FROM vector_bits WHERE scope = ? AND entry > ? ORDER BY entry';
    for (const found of this.#db.prepare<{ entry: number; tie: number; bits: Uint8Array }>(sql).iterate(scope, loaded.last)) {
      if (loaded.count === loaded.entries.length) this.#reserve(loaded, loaded.count * 2 + 64);
      loaded.entries[loaded.count] = found.entry;
      loaded.ties[loaded.count] = found.tie;
      new Uint8Array(loaded.bits.buffer, loaded.count * this.#words * 4, this.#words * 4).set(found.bits);
      loaded.count++;
      loaded.last = found.entry;
    }
    this.#scopes.set(scope, loaded);
    return loaded;
  }

  #empty(removals: number): LoadedScope {
    return {
      removals,
      count: 0,
      last: 0,
      entries: new Uint32Array(),
      ties: new Uint32Array(),
      bits: new Uint32Array(),
    };
  }

  #reserve(loaded: LoadedScope, size: number): void {
    if (size <= loaded.entries.length) return;
    // Some more than is asked for: a mission adds one after the other.
    const room = Math.ceil(size * 1.1) + 64;
    const [entries, ties, bits] = [new Uint32Array(room), new Uint32Array(room), new Uint32Array(room * this.#words)];
    entries.set(loaded.entries.subarray(0, loaded.count));
    ties.set(loaded.ties.subarray(0, loaded.count));
    bits.set(loaded.bits.subarray(0, loaded.count * this.#words));
    Object.assign(loaded, { entries, ties, bits });
  }
}

/** Distances of all vectors of the scope, and how often each distance occurs. */
function scanBits(
  { count, bits }: LoadedScope,
  { signs, mask, counts }: { signs: Uint32Array; mask: Uint32Array; counts: Uint32Array },
): Uint16Array {
  const distances = new Uint16Array(count);
  const words = signs.length;
  for (let i = 0, at = 0; i < count; i++) {
    let distance = 0;
    for (let word = 0; word < words; word++, at++) {
      // The bits that are set, counted in parallel (Hacker's Delight, 5-1).
      let x = ((bits[at] as number) ^ (signs[word] as number)) & (mask[word] as number);
      x -= (x >>> 1) & 0x5555_5555;
      x = (x & 0x3333_3333) + ((x >>> 2) & 0x3333_3333);
      distance += Math.imul((x + (x >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
    }
    distances[i] = distance;
    counts[distance] = (counts[distance] as number) + 1;
  }
  return distances;
}

/** The least distance within which there are enough candidates. */
function limitOf(counts: Uint32Array): number {
  let sum = 0;
  const limit = counts.findIndex((count) => (sum += count) >= CANDIDATES);
  return limit === -1 ? counts.length : limit;
}
