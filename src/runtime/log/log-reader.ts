import { NexusError } from '../../base/errors.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { lastNote, noteAt, noteCovering } from './checkpoints.ts';
import type { LogDatabase, LogQueries } from './database.ts';
import type { Entry } from './entry.ts';
import { decodeLeaf } from './leaf.ts';
import { BLOCK, blockOf } from './mission-blocks.ts';
import { consistencyProof, type Hash, inclusionProof, rangeHash } from './merkle.ts';
import type { LogProof } from './proof.ts';
import { StoredTree } from './stored-tree.ts';
import { entryBundlePath, parseEntryBundlePath, parseTilePath, TILE_WIDTH, tilePath, tilesOf } from './tiles.ts';

/** Which entries; all of them by default. Ends are `from` (included) and `to` (not included). */
export interface EntryQuery {
  from?: number;
  to?: number;
  mission?: string;
  kinds?: readonly string[];
  limit?: number;
}

/** The last signed head of the log. */
export interface Checkpoint {
  size: number;
  /** Base64, as in the note. */
  rootHash: string;
  /** Signed note (c2sp.org/tlog-checkpoint). */
  note: string;
}

/** One immutable file of the log as C2SP tlog-tiles serves it. */
export interface TileFile {
  path: string;
  bytes: Buffer;
}

interface EntryRow {
  seq: number;
  body: Buffer;
}

/** Reading a log. What is committed, by this process or another, is seen by the next call. */
export class LogReader {
  protected readonly database: LogDatabase;
  protected readonly tree: StoredTree;

  /** Use `openLog`. */
  constructor(database: LogDatabase) {
    this.database = database;
    this.tree = new StoredTree(database);
  }

  /** For the readers of projections. */
  get db(): LogQueries {
    return this.database;
  }

  get size(): number {
    return this.database.get<{ size: number }>('SELECT coalesce(max(seq) + 1, 0) AS size FROM entry')?.size ?? 0;
  }

  /** The last one that was signed; undefined while there is none. */
  checkpoint(): Checkpoint | undefined {
    const note = lastNote(this.database)?.note;
    return note === undefined ? undefined : checkpointOf(note);
  }

  /** The first signed head that covers entry `seq`: what is appended later does not change it. Undefined if none does. */
  checkpointCovering(seq: number): Checkpoint | undefined {
    const note = noteCovering(this.database, seq);
    return note === undefined ? undefined : checkpointOf(note);
  }

  /** Throws `NOT_FOUND`. */
  entry(seq: number): Entry {
    return this.#timed(decodeLeaf(seq, this.leafBody(seq)));
  }

  /** Those of the entries at these positions that there are, in order. */
  entriesAt(seqs: readonly number[]): Entry[] {
    const sql = 'SELECT seq, body FROM entry WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq';
    return this.#decoded(this.database.all<EntryRow>(sql, JSON.stringify(seqs)));
  }

  /** The entry that was appended with this dedup key. */
  entryWithKey(dedup: string): Entry | undefined {
    const seq = this.seqWithKey(dedup);
    return seq === undefined ? undefined : this.entry(seq);
  }

  /** Where that entry lies. */
  seqWithKey(dedup: string): number | undefined {
    return this.database.get<{ seq: number }>('SELECT seq FROM entry WHERE dedup = ?', dedup)?.seq;
  }

  /** The bytes that the tree hashes. Throws `NOT_FOUND`. */
  leafBody(seq: number): Buffer {
    const row = this.database.get<{ body: Buffer }>('SELECT body FROM entry WHERE seq = ?', seq);
    if (row === undefined)
      throw new NexusError('NOT_FOUND', `The log has no entry ${seq}; it has ${this.size}.`, { details: { seq } });
    return row.body;
  }

  /** In order. Entries that are appended while one reads are included, unless `to` ends before them. */
  *entries(query: EntryQuery = {}): Generator<Entry, void, undefined> {
    const { from = 0, limit = Number.POSITIVE_INFINITY } = query;
    let left = limit;
    for (let next = from; left > 0;) {
      const page = this.#page({ ...query, from: next, limit: Math.min(left, PAGE) });
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      left -= page.length;
      next = last.seq + 1;
    }
  }

  /** Up to `limit` entries after `seq` (-1: from the start): what a cursor needs. */
  entriesAfter(seq: number, limit = PAGE): Entry[] {
    return this.#page({ from: seq + 1, limit });
  }

  #page({ from = 0, to, mission, kinds, limit = PAGE }: EntryQuery): Entry[] {
    const where = ['seq >= ?'];
    if (to !== undefined) where.push('seq < ?');
    if (mission !== undefined) where.push('entry.mission = ?');
    if (kinds !== undefined) where.push(`kind IN (${kinds.map(() => '?').join(', ')})`);
    const params = [from, to, mission, ...(kinds ?? []), limit].filter((param) => param !== undefined);
    const blocks = mission === undefined ? [] : [mission, blockOf(from)];
    const source = mission === undefined ? 'entry WHERE' : MISSION_ENTRIES;
    const order = mission === undefined ? 'seq' : 'block, seq';
    const sql = `SELECT seq, body FROM ${source} ${where.join(' AND ')} ORDER BY ${order} LIMIT ?`;
    return this.#decoded(this.database.all<EntryRow>(sql, ...blocks, ...params));
  }

  #decoded(rows: readonly EntryRow[]): Entry[] {
    return rows.map(({ seq, body }) => this.#timed(decodeLeaf(seq, body)));
  }

  /** A record of Rekor came with the entry before it. */
  #timed(entry: Entry): Entry {
    return entry.at !== '' || entry.seq === 0 ? entry : { ...entry, at: this.entry(entry.seq - 1).at };
  }

  /** That entry `seq` is in the tree of the last checkpoint, or of the one at `size`. Throws `NOT_FOUND` if there is no such checkpoint. */
  prove(seq: number, size?: number): LogProof {
    const note = size === undefined ? this.checkpoint()?.note : noteAt(this.database, size);
    const head = note === undefined ? undefined : parseCheckpoint(note);
    if (note === undefined || head === undefined || seq >= head.size) throw this.#noProof(seq, size);
    return { index: seq, hashes: this.inclusion(seq, head.size), checkpoint: note };
  }

  #noProof(seq: number, size: number | undefined): NexusError {
    const where = size === undefined ? `a log of ${this.size} entries` : `a checkpoint at ${size}`;
    return new NexusError('NOT_FOUND', `There is no entry ${seq} in ${where}.`, {
      hint: 'Entries are counted from 0; `spec-kit ledger checkpoint` shows how many there are.',
      details: { seq, size },
    });
  }

  /** Inclusion proof in the tree of any `size`, signed or not; throws `RangeError` if `seq` is not in it. */
  inclusion(seq: number, size: number): Hash[] {
    return inclusionProof(seq, size, this.tree.node);
  }

  /** That the tree of `from` entries is the beginning of the tree of `to` entries. */
  consistency(from: number, to: number): Hash[] {
    return consistencyProof(from, to, this.tree.node);
  }

  /** Root of the tree of the first `size` entries. */
  rootAt(size: number): Hash {
    return rangeHash(0, size, this.tree.node);
  }

  /** The hash tiles at `size`, full and partial. */
  *hashTiles(size = this.size): Generator<TileFile, void, undefined> {
    for (const tile of tilesOf(size)) {
      yield { path: tilePath(tile), bytes: this.tree.looseHashes(tile.level, tile.n * TILE_WIDTH, tile.width) };
    }
  }

  /**
   * The one file of tlog-tiles with this path, or undefined if there is none (yet): all of a file must lie under the last signed head, since what does not could still be taken back.
   */
  tileFile(path: string): Buffer | undefined {
    const size = lastSize(this.database);
    const bundle = parseEntryBundlePath(path);
    if (bundle !== undefined) {
      const first = bundle.n * TILE_WIDTH;
      return first + bundle.width <= size ? this.#bundle(first, bundle.width) : undefined;
    }
    const tile = parseTilePath(path);
    if (tile === undefined) return undefined;
    const first = tile.n * TILE_WIDTH;
    const there = Math.floor(size / TILE_WIDTH ** tile.level);
    return first + tile.width <= there ? this.tree.looseHashes(tile.level, first, tile.width) : undefined;
  }

  #bundle(first: number, width: number): Buffer {
    const sql = 'SELECT body FROM entry WHERE seq >= ? AND seq < ? ORDER BY seq';
    const rows = this.database.all<{ body: Buffer }>(sql, first, first + width);
    return Buffer.concat(rows.flatMap(({ body }) => [uint16(body.length), body]));
  }

  /** The entry bundles at `size`, full and partial: each leaf after its length in 16 bits. */
  *entryBundles(size = this.size): Generator<TileFile, void, undefined> {
    for (let n = 0; n * TILE_WIDTH < size; n++) {
      const width = Math.min(TILE_WIDTH, size - n * TILE_WIDTH);
      yield { path: entryBundlePath({ n, width }), bytes: this.#bundle(n * TILE_WIDTH, width) };
    }
  }

  close(): void {
    this.database.close();
  }
}

function lastSize(database: LogDatabase): number {
  const note = lastNote(database)?.note;
  return note === undefined ? 0 : parseCheckpoint(note).size;
}

const PAGE = 500;

/** A cross join is never turned around: blocks of the mission in their order, and the entries of each, so that nothing is sorted. */
const MISSION_ENTRIES = `mission_block CROSS JOIN entry ON seq >= block * ${BLOCK} AND seq < (block + 1) * ${BLOCK}
  WHERE mission_block.mission = ? AND block >= ? AND`;

function checkpointOf(note: string): Checkpoint {
  const { size, root } = parseCheckpoint(note);
  return { size, rootHash: root.toString('base64'), note };
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
