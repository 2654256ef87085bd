import { join } from 'node:path';

import { messageOf, NexusError } from '../../base/errors.ts';
import { parseCheckpoint, verifyCheckpoint } from './checkpoint.ts';
import { cutOff } from './cut-off.ts';
import { type LogDatabase, openForReading } from './database.ts';
import type { Fault, FaultCode } from './fault.ts';
import { type Candidate, candidateOf, type EvidenceOfLeaf, FsckTiles } from './fsck-tiles.ts';
import { decodeLeaf, isBodyOf } from './leaf.ts';
import { LOG_FILE } from './log.ts';
import { type Hash, leafHash } from './merkle.ts';
import { blockOf } from './mission-blocks.ts';
import type { NoteSigner, NoteVerifier } from './signed-note.ts';
import { TailMac } from './tail-mac.ts';

export interface FsckReport {
  /** Entries read. */
  entries: number;
  /** Checkpoints checked. */
  checkpoints: number;
  /** Full tiles checked. */
  tiles: number;
  /** Entries at the end that their writer has not signed yet: it is still at work, or was killed there. */
  unsigned: number;
  faults: Fault[];
}

/**
 * Hashes the whole log of the workspace in `dir` again and names everything that is not as it was signed. Reads one view of it, beside
 * a writer or not, and writes nothing. Without `verifier`, signatures are not checked; the codes that stand for them for a moment
 * can be checked by a signer alone. Memory is that of the largest batch.
 */
export function fsck(dir: string, options: { verifier?: NoteVerifier | NoteSigner } = {}): FsckReport {
  const database = openForReading(join(dir, LOG_FILE));
  const check = new Fsck(database, options.verifier);
  try {
    database.transaction(() => check.run());
  } catch (error) {
    if (!(error instanceof NexusError) || error.code !== 'WORKSPACE_CORRUPT') throw error;
    check.fault('database', 'DATABASE_DAMAGED', `unreadable after ${check.report.entries} entries: ${messageOf(error.cause)}`);
  } finally {
    database.close();
  }
  return check.report;
}

interface EntryRow {
  seq: number;
  kind: string;
  mission: string | null;
  task: string | null;
  leaf: Buffer;
  mac: Buffer | null;
  note: string | null;
  body: Buffer;
}

const PAGE = 256;

/** Entries that are named one by one where they are missing. */
const MOST_MISSING = 100_000;

/** In a damaged file a value may be of another type than its column, or null. */
const ENTRIES = `
  SELECT seq, CAST(kind AS TEXT) AS kind, CAST(mission AS TEXT) AS mission, CAST(task AS TEXT) AS task,
    coalesce(CAST(leaf AS BLOB), x'') AS leaf, CAST(mac AS BLOB) AS mac, CAST(note AS TEXT) AS note, coalesce(CAST(body AS BLOB), x'') AS body
  FROM entry WHERE seq >= ? AND seq < ? ORDER BY seq`;

class Fsck {
  readonly report: FsckReport = { entries: 0, checkpoints: 0, tiles: 0, unsigned: 0, faults: [] };
  readonly #db: LogDatabase;
  readonly #verifier: NoteVerifier | undefined;
  readonly #mac: TailMac | undefined;
  /** `BLOCK MISSION` of every row of the index of missions. */
  readonly #blocks = new Set<string>();
  readonly #faulty = new Set<string>();
  readonly #tiles: FsckTiles;
  /** Entries since the last checkpoint. */
  #window: EvidenceOfLeaf[] = [];
  /** Once a root cannot be met, later ones cannot either: the first is the one to report. */
  #diverged = false;

  constructor(db: LogDatabase, verifier: NoteVerifier | NoteSigner | undefined) {
    this.#db = db;
    this.#verifier = verifier;
    this.#mac = verifier !== undefined && 'privateKey' in verifier ? new TailMac(verifier) : undefined;
    this.#tiles = new FsckTiles(db, (subject, code, message) => this.fault(subject, code, message));
  }

  /** A subject is reported once, for its first fault. */
  fault(subject: string, code: FaultCode, message: string): void {
    if (this.#faulty.has(subject)) return;
    this.#faulty.add(subject);
    this.report.faults.push({ subject, code, message });
  }

  run(): void {
    this.#checkPages();
    const count = 'SELECT coalesce(max(seq) + 1, 0) AS size, count(*) AS rows FROM entry';
    const { size, rows } = this.#db.get<{ size: number; rows: number }>(count) ?? { size: 0, rows: 0 };
    if (size - rows > MOST_MISSING) {
      this.fault('database', 'DATABASE_DAMAGED', `there is an entry ${size - 1}, but ${rows} entries in all`);
      return;
    }
    this.#readBlocks();
    for (let first = 0; first < size; first += PAGE) this.#checkPage(first, Math.min(first + PAGE, size));
    if (this.#window.length > 0) this.#checkTail(size);
    this.#checkStrayNotes(size);
    this.#tiles.checkStrays(size);
    this.report.tiles = this.#tiles.checked;
  }

  /** The database itself with its indexes: an index that lacks a row would hide an entry. */
  #checkPages(): void {
    const rows = this.#db.all<{ integrity_check: string }>('PRAGMA integrity_check(1)');
    const found = rows[0]?.integrity_check ?? 'ok';
    const damage = cutOff(this.#db) ?? (found === 'ok' ? undefined : found);
    if (damage !== undefined) this.fault('database', 'DATABASE_DAMAGED', damage);
  }

  #readBlocks(): void {
    const rows = this.#db.all<{ block: number; mission: string }>('SELECT block, mission FROM mission_block');
    for (const { block, mission } of rows) this.#blocks.add(`${block} ${mission}`);
  }

  #checkPage(first: number, end: number): void {
    const seals = this.#sealsIn(first, end);
    let next = first;
    for (const row of this.#db.all<EntryRow>(ENTRIES, first, end)) {
      while (next < row.seq) this.#miss(next++);
      this.#checkEntry(row);
      const note = row.note ?? seals.get(row.seq + 1);
      if (note !== undefined) this.#checkNote(note, row.seq + 1);
      next++;
    }
    while (next < end) this.#miss(next++);
  }

  #sealsIn(first: number, end: number): Map<number, string> {
    const sql = "SELECT size, coalesce(CAST(note AS TEXT), '') AS note FROM seal WHERE size > ? AND size <= ?";
    return new Map(this.#db.all<{ size: number; note: string }>(sql, first, end).map(({ size, note }) => [size, note]));
  }

  #miss(seq: number): void {
    this.fault(`entry ${seq}`, 'ENTRY_MISSING', 'there is no such row');
    this.#window.push({ seq, stored: undefined, computed: undefined });
  }

  #checkEntry(row: EntryRow): void {
    this.report.entries++;
    const computed = leafHash(row.body);
    this.#window.push({ seq: row.seq, stored: row.leaf, computed, mac: row.mac });
    const wrong = computed.equals(row.leaf) ? this.#columnFault(row) : 'its body does not hash to its leaf';
    if (wrong !== undefined) this.fault(`entry ${row.seq}`, 'ENTRY_CHANGED', wrong);
  }

  #columnFault(row: EntryRow): string | undefined {
    const { seq, kind, mission, task, body } = row;
    if (!isBodyOf(body, { kind, mission, task })) return columnFault(row);
    if (mission !== null) this.#checkBlock(mission, blockOf(seq));
    return undefined;
  }

  /** What the index of missions lacks would be hidden from whoever asks for the mission. */
  #checkBlock(mission: string, block: number): void {
    if (this.#blocks.has(`${block} ${mission}`)) return;
    this.fault('database', 'DATABASE_DAMAGED', `the index of missions lacks ${mission} in block ${block}`);
  }

  /** What follows the last signature: either a writer has closed its commits with codes, or something was taken away. */
  #checkTail(size: number): void {
    const unsigned = this.#window.length;
    if (this.#window.at(-1)?.mac) this.report.unsigned = unsigned;
    else this.fault(`checkpoint at ${size}`, 'CHECKPOINT_MISSING', `the last ${unsigned} entries are under no checkpoint`);
    this.#accept(candidateOf(this.#tiles.range, this.#window, 'stored'));
  }

  #checkStrayNotes(size: number): void {
    for (const { at } of this.#db.all<{ at: number }>('SELECT size AS at FROM seal WHERE size < 1 OR size > ?', size))
      this.fault(`checkpoint at ${at}`, 'CHECKPOINT_INVALID', `a log of ${size} entries was never of this size`);
  }

  #checkNote(note: string, size: number): void {
    this.report.checkpoints++;
    try {
      const head = this.#verifier === undefined ? parseCheckpoint(note) : verifyCheckpoint(note, this.#verifier);
      if (head.size === size) this.#checkRoot(head.root, size);
      else this.fault(`checkpoint at ${size}`, 'CHECKPOINT_INVALID', `it speaks of size ${head.size}`);
    } catch (error) {
      if (!(error instanceof NexusError) || error.code !== 'VERIFY_FAILED') throw error;
      this.fault(`checkpoint at ${size}`, 'CHECKPOINT_INVALID', error.message);
    }
  }

  #checkRoot(root: Hash, size: number): void {
    const proven = this.#candidates().find(({ range }) => range.root().equals(root));
    if (proven === undefined && !this.#diverged) {
      const message = `the ${this.#window.length} entries before it do not lead to the root that it signs`;
      this.fault(`checkpoint at ${size}`, 'CHECKPOINT_MISMATCH', message);
    }
    this.#diverged = proven === undefined;
    this.#accept(proven ?? candidateOf(this.#tiles.range, this.#window, 'stored'));
  }

  /** What the entries since the last checkpoint may have been, the likeliest first; lazily, as one nearly always suffices. */
  #candidates(): IteratorObject<Candidate> {
    const sources = ['stored', 'computed', 'tiled'] as const;
    return sources.values().map((source) => {
      if (source === 'tiled') for (const leaf of this.#window) leaf.tiled = this.#tiles.leaf(leaf.seq);
      return candidateOf(this.#tiles.range, this.#window, source);
    });
  }

  #accept({ range, subtrees, leaves }: Candidate): void {
    for (const [i, { seq, stored, computed }] of this.#window.entries()) {
      const leaf = leaves[i];
      if (leaf === undefined || (stored?.equals(leaf) && computed?.equals(leaf))) continue;
      this.fault(`entry ${seq}`, 'ENTRY_CHANGED', 'it is not the entry that the tree holds');
    }
    if (!this.#diverged) this.#checkMacs(leaves);
    this.#window = [];
    this.#tiles.grow(range, subtrees);
  }

  /** Of the commits between two signatures; `leaves` are those of the window. */
  #checkMacs(leaves: readonly Hash[]): void {
    if (this.#mac === undefined || !this.#window.some(({ mac }) => mac)) return;
    const range = this.#tiles.range.fork();
    for (const [i, leaf] of leaves.entries()) {
      range.append(leaf);
      const mac = this.#window[i]?.mac;
      if (!mac || mac.equals(this.#mac.of(range))) continue;
      this.fault(
        `checkpoint at ${range.size}`,
        'CHECKPOINT_MISMATCH',
        'its code is not the one that the writer of the log gives',
      );
      return;
    }
  }
}

/** Takes the body apart to say which column is another. */
function columnFault(row: EntryRow): string {
  try {
    const { kind, mission = null, task = null } = decodeLeaf(row.seq, row.body);
    if (kind !== row.kind) return 'its kind column is not the kind in its body';
    if (mission !== row.mission) return 'its mission column is not the mission in its body';
    return task === row.task ? 'its body is not written as the log writes it' : 'its task column is not the task in its body';
  } catch (error) {
    return messageOf(error);
  }
}
