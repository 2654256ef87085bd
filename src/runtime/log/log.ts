import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { type Clock, forwardClock, timestamp } from '../../base/clock.ts';
import { NexusError } from '../../base/errors.ts';
import type { JsonObject } from '../../base/json.ts';
import { type Append, type Batch, entriesIn, grow } from './batch.ts';
import { checkedRange } from './checked-range.ts';
import type { CompactRange } from './compact-range.ts';
import { cutOff } from './cut-off.ts';
import { corruptDatabase } from './database-error.ts';
import { copyInMemory, type LogDatabase, openForReading, openForWriting } from './database.ts';
import type { EntryDraft } from './entry.ts';
import { encodeLeaf } from './leaf.ts';
import { type Checkpoint, LogReader } from './log-reader.ts';
import { MissionBlocks } from './mission-blocks.ts';
import { followLog, type Projection } from './projection.ts';
import { refuseBehind } from './published-head.ts';
import { Sealing, type Signing } from './sealing.ts';
import type { NoteSigner, NoteVerifier } from './signed-note.ts';
import { TailMac } from './tail-mac.ts';
import { WalRoom } from './wal-room.ts';
import { lockWorkspace, type WriterLock } from './writer-lock.ts';

export interface WriterOptions {
  mode: 'write';
  clock: Clock;
  /** Signs every checkpoint; its name is the log's origin. */
  signer: NoteSigner;
  projections?: readonly Projection[];
  /** Takes out of an entry what must not be written down: asked for each, before its bytes are made. */
  redact?: (data: JsonObject) => JsonObject;
  /**
   * How often to sign; each commit by default. What is not signed yet is under a code that only the writer can make.
   */
  signing?: Signing;
  /** The checkpoint that was last published, as it is kept apart from the log: one that is behind it is refused (`LOG_BEHIND`). */
  published?: string | undefined;
}

export interface ReaderOptions {
  mode: 'read';
  /** If given, the last checkpoint must be signed by it. */
  verifier?: NoteVerifier;
}

/** File of the log in a workspace. */
export const LOG_FILE = 'log.db';

/**
 * Opens the log of the workspace in `dir`. A writer makes it if need be and holds the writer lock until `close`; a reader needs neither
 * lock nor writer. Both refuse a log whose tree is not the one its last checkpoint signs (`LOG_CORRUPT`).
 */
export function openLog(dir: string, options: WriterOptions): Log;
export function openLog(dir: string, options: ReaderOptions): LogReader;
export function openLog(dir: string, options: WriterOptions | ReaderOptions): Log | LogReader {
  return options.mode === 'write' ? openWriter(dir, options) : openReader(dir, options);
}

function openReader(dir: string, options: ReaderOptions): LogReader {
  const database = openForReading(join(dir, LOG_FILE));
  return orClose(database, () => {
    database.transaction(() => checkedRange(database, options.verifier));
    return new LogReader(database);
  });
}

/**
 * Opens what the log holds now for reading, with these projections folded in memory: for whoever may not write to the workspace. Sees nothing of
 * what comes after.
 */
export function openFolded(dir: string, projections: readonly Projection[]): LogReader {
  const database = copyInMemory(join(dir, LOG_FILE));
  return orClose(database, () => {
    const reader = new LogReader(database);
    followLog(database, projections, reader.size);
    return reader;
  });
}

function openWriter(dir: string, options: WriterOptions): Log {
  const lock = lockWorkspace(dir, options.clock);
  try {
    const projections = options.projections ?? [];
    const path = join(dir, LOG_FILE);
    const mac = new TailMac(options.signer);
    const { published } = options;
    if (existsSync(path)) inspect(path, { verifier: options.signer, mac, published });
    else refuseBehind(undefined, published, options.signer);
    const database = openForWriting(path, (fresh) => followLog(fresh, projections, 0));
    return orClose(database, () => {
      const { range, unsigned } = checkedRange(database, options.signer, mac);
      followLog(database, projections, range.size);
      return new Log({ database, range, unsigned, mac, lock, ...options });
    });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** What is refused must stay as it is: the last connection that may write would move the WAL into the damaged file, and remove it. */
function inspect(path: string, { verifier, mac, published }: Inspection): void {
  const database = openForReading(path);
  try {
    database.transaction(() => {
      const lost = cutOff(database);
      if (lost !== undefined) throw corruptDatabase(path, lost);
      checkedRange(database, verifier, mac);
      refuseBehind(database, published, verifier);
    });
  } finally {
    database.close();
  }
}

interface Inspection {
  verifier: NoteVerifier;
  mac: TailMac;
  published: string | undefined;
}

function orClose<Result>(database: LogDatabase, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    database.close();
    throw error;
  }
}

/** One call of `append` that waits for its commit. */
interface Waiting {
  appends: Append[];
  resolve: (seqs: number[]) => void;
  reject: (reason: unknown) => void;
}

/** The log of the one writer. */
export class Log extends LogReader {
  /** No entry is earlier than the one before it. */
  readonly #clock: Clock;
  readonly #projections: readonly Projection[];
  readonly #redact: (data: JsonObject) => JsonObject;
  readonly #lock: WriterLock;
  readonly #sealing: Sealing;
  readonly #missions: MissionBlocks;
  readonly #room: WalRoom;
  /** Always the tree of what is committed. */
  #range: CompactRange;
  /** Is all that is committed under a signed checkpoint? */
  #sealed = true;
  #queue: Waiting[] = [];
  #scheduled = false;
  /** Commits in a row that nobody shared. */
  #alone = 0;
  #closed = false;

  /** Use `openLog`. */
  constructor(parts: Omit<WriterOptions, 'mode'> & WriterParts) {
    super(parts.database);
    const { size } = parts.range;
    this.#clock = forwardClock(parts.clock, size === 0 ? undefined : Date.parse(this.entry(size - 1).at));
    this.#projections = parts.projections ?? [];
    this.#redact = parts.redact ?? ((data) => data);
    this.#lock = parts.lock;
    this.#range = parts.range;
    this.#sealed = parts.unsigned === 0;
    this.#missions = new MissionBlocks(parts.database);
    this.#room = new WalRoom(parts.database.path);
    const { signer, mac, signing = EACH_COMMIT } = parts;
    this.#sealing = new Sealing({ signer, mac, signing, seal: () => this.#sealAtRest() });
    this.#seal();
  }

  /** Known without asking the file: nobody else writes to it. */
  override get size(): number {
    return this.#range.size;
  }

  /** Another one as soon as readers may find something else in the log: an entry more, or that its head is signed. */
  get version(): string {
    return `${this.#range.size}${this.#sealed ? ' signed' : ''}`;
  }

  /** Signs first what is not signed yet. */
  override checkpoint(): Checkpoint | undefined {
    this.#seal();
    return super.checkpoint();
  }

  /**
   * Appends all drafts or none, next to each other unless a dedup key is known. Resolves once they are durable, with the places of
   * the entries in the order of the drafts; calls that come in before the commit share it, and are signed as `signing` has it. Throws `LOG_ENTRY_TOO_LARGE` for this call alone;
   * when the commit fails, all calls that share it are rejected, and the log is as before.
   */
  append(drafts: readonly EntryDraft[]): Promise<number[]> {
    // What is thrown here rejects: an `async` function would cost a promise more.
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new NexusError('INTERNAL', 'Append to a closed log.');
      const at = timestamp(this.#clock);
      const appends = drafts.map((draft) => {
        const data = this.#redact(draft.data);
        return { draft, at, data, leaf: encodeLeaf(draft, at, data), seq: -1, note: null, mac: null };
      });
      this.#queue.push({ appends, resolve, reject });
      this.#schedule();
    });
  }

  /** Commits what was queued, closes the file, gives up the lock. */
  override close(): void {
    if (this.#closed) return;
    this.#closed = true;
    while (this.#queue.length > 0) this.#commitQueued();
    this.#sealAtRest();
    this.#sealing.end();
    this.#room.close();
    super.close();
    this.#lock.release();
  }

  /** Until the next turn of the event loop other calls may come, and share the commit. A chain, where each call waits for the one before, is spared most turns. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    if (this.#alone >= ALONE && this.#alone % ALONE > 0) void SETTLED.then(this.#turn);
    else setImmediate(this.#turn);
  }

  readonly #turn = (): void => {
    this.#scheduled = false;
    if (this.#queue.length === 0) return;
    this.#commitQueued();
    if (this.#queue.length > 0) this.#schedule();
  };

  #commitQueued(): void {
    const waiting = this.#queue;
    this.#queue = waiting.length > 1 ? waiting.splice(callsInBatch(waiting)) : [];
    this.#alone = waiting.length === 1 ? this.#alone + 1 : 0;
    try {
      this.#commit(waiting);
      for (const { appends, resolve } of waiting) resolve(appends.map(({ seq }) => seq));
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }

  #commit(waiting: readonly Waiting[]): void {
    const batch = this.#prepare(waiting);
    const [first] = batch.fresh;
    if (first === undefined) return;
    if (this.#isLoneRow(batch, first)) this.#insert(first);
    else this.#writeTogether(batch);
    this.#range = batch.range;
    this.#sealed = batch.fresh.at(-1)?.note !== null;
    this.#sealing.committed(this.#sealed);
    this.#room.committed();
  }

  /** A lone row is its own transaction: SQLite needs no BEGIN and COMMIT around it. */
  #isLoneRow({ fresh, tiles }: Batch, { draft, seq }: Append): boolean {
    return fresh.length + tiles.length + this.#projections.length === 1 && this.#missions.has(draft.mission, seq);
  }

  #writeTogether(batch: Batch): void {
    try {
      this.database.transaction(() => this.#write(batch));
    } catch (error) {
      this.#missions.forget();
      throw error;
    }
  }

  /** Answers what waits, by what is not committed yet. */
  #prepare(waiting: readonly Waiting[]): Batch {
    const batch: Batch = { range: this.#range.fork(), fresh: [], tiles: [], keys: undefined };
    for (const { appends } of waiting)
      for (const append of appends) append.seq = this.#known(append, batch) ?? grow(batch, append);
    const last = batch.fresh.at(-1);
    if (last !== undefined) ({ note: last.note, mac: last.mac } = this.#sealing.close(batch.range));
    return batch;
  }

  #known({ draft: { dedup } }: Append, { keys }: Batch): number | undefined {
    return dedup === undefined ? undefined : (keys?.get(dedup) ?? this.seqWithKey(dedup));
  }

  #write(batch: Batch): void {
    for (const append of batch.fresh) {
      this.#insert(append);
      this.#missions.add(append.draft.mission, append.seq);
    }
    for (const { level, n, root } of batch.tiles) this.tree.addTile(level, n, root);
    if (this.#projections.length === 0) return;
    const entries = entriesIn(batch);
    for (const projection of this.#projections) projection.apply(entries, this.database);
  }

  #insert({ seq, draft, leaf, note, mac }: Append): void {
    this.database.run(
      'INSERT INTO entry(seq, kind, mission, task, leaf, dedup, mac, note, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      seq,
      draft.kind,
      draft.mission ?? null,
      draft.task ?? null,
      leaf.hash,
      draft.dedup ?? null,
      mac,
      note,
      leaf.body,
    );
  }

  #seal(): void {
    if (this.#sealed) return;
    this.database.run('INSERT INTO seal(size, note) VALUES (?, ?)', this.#range.size, this.#sealing.sign(this.#range));
    this.#sealed = true;
    this.#sealing.signed();
  }

  /** What cannot be signed now, on a full disk say, is durable nevertheless: the next commit signs it, or the next writer. */
  #sealAtRest(): void {
    try {
      this.#seal();
    } catch (error) {
      if (!(error instanceof NexusError)) throw error;
    }
  }
}

interface WriterParts {
  database: LogDatabase;
  range: CompactRange;
  /** Entries that the writer before has not signed. */
  unsigned: number;
  mac: TailMac;
  lock: WriterLock;
}

const EACH_COMMIT: Signing = { every: 0, within: 0 };

/**
 * So many commits in a row that nobody shared are a chain. Once in as many, it waits a turn: for whatever else the process has to do, and to find out
 * whether calls come together again.
 */
const ALONE = 16;

const SETTLED = Promise.resolve();

/** Entries in one transaction, about: more would keep other work waiting. */
const BATCH_LIMIT = 2000;

function callsInBatch(queue: readonly Waiting[]): number {
  let entries = 0;
  const fit = queue.findIndex(({ appends }) => (entries += appends.length) >= BATCH_LIMIT);
  return fit === -1 ? queue.length : fit + 1;
}
