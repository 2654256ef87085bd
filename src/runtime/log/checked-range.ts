import { NexusError } from '../../base/errors.ts';
import { parseCheckpoint, type TreeHead, verifyCheckpoint } from './checkpoint.ts';
import { lastNote, type StoredNote } from './checkpoints.ts';
import { type CompactRange, readCompactRange } from './compact-range.ts';
import type { LogDatabase } from './database.ts';
import { leafHash } from './merkle.ts';
import { type NoteVerifier, parseNote } from './signed-note.ts';
import { StoredTree } from './stored-tree.ts';
import type { TailMac } from './tail-mac.ts';

/** The tree of what is stored. */
export interface CheckedRange {
  range: CompactRange;
  /** Entries after the last signed checkpoint: what a writer signs next. */
  unsigned: number;
}

/**
 * The compact range of what is stored, after comparing it with the last checkpoint: at most 255 hashes of each level are read. Entries that
 * came after it, in the moment before a crash or beside a writer, are hashed again; with `mac` (a writer's) they must be what this
 * key's writer has written. Throws `LOG_CORRUPT`, or `KEY_UNUSABLE` if another key than `verifier` signed.
 */
export function checkedRange(database: LogDatabase, verifier: NoteVerifier | undefined, mac?: TailMac): CheckedRange {
  const size = database.get<{ size: number }>('SELECT coalesce(max(seq) + 1, 0) AS size FROM entry')?.size ?? 0;
  const range = signedRange(database, { size, verifier });
  const unsigned = size - range.size;
  growByTail(database, range, { size, mac });
  return { range, unsigned };
}

function signedRange(
  database: LogDatabase,
  { size, verifier }: { size: number; verifier: NoteVerifier | undefined },
): CompactRange {
  const last = lastNote(database);
  const head = last === undefined ? undefined : lastHead(last, verifier);
  const range = readCompactRange(Math.min(head?.size ?? 0, size), new StoredTree(database).node);
  if (head === undefined || (head.size === last?.size && head.size <= size && head.root.equals(range.root()))) return range;
  throw corruptLog(`its ${size} entries are not the ${head.size} that its last checkpoint signs`, database.path);
}

interface TailRow {
  seq: number;
  leaf: Buffer;
  mac: Buffer | null;
  body: Buffer;
}

/** In a damaged file a value may be of another type than its column, or null. */
const TAIL = `
  SELECT seq, coalesce(CAST(leaf AS BLOB), x'') AS leaf, CAST(mac AS BLOB) AS mac, coalesce(CAST(body AS BLOB), x'') AS body
  FROM entry WHERE seq >= ? ORDER BY seq LIMIT 500`;

/** A crash leaves whole batches: the last entry of the tail closes one. */
function growByTail(database: LogDatabase, range: CompactRange, { size, mac }: { size: number; mac: TailMac | undefined }): void {
  let closed = true;
  while (range.size < size) {
    const rows = database.all<TailRow>(TAIL, range.size);
    if (rows.length === 0) throw unsignedTail(range.size, database.path);
    for (const row of rows) {
      if (row.seq !== range.size || !leafHash(row.body).equals(row.leaf)) throw unsignedTail(row.seq, database.path);
      range.append(row.leaf);
      closed = row.mac !== null;
      if (mac !== undefined && row.mac !== null && !row.mac.equals(mac.of(range))) throw unsignedTail(row.seq, database.path);
    }
  }
  if (!closed) throw unsignedTail(size - 1, database.path);
}

function unsignedTail(seq: number, path: string): NexusError {
  return corruptLog(`entry ${seq} is under no checkpoint, and not as its writer left it`, path);
}

function lastHead({ note }: StoredNote, verifier: NoteVerifier | undefined): TreeHead {
  try {
    if (verifier === undefined) return parseCheckpoint(note);
    checkKey(note, verifier);
    return verifyCheckpoint(note, verifier);
  } catch (error) {
    if (error instanceof NexusError && error.code === 'VERIFY_FAILED') throw corruptLog(error.message, note, error);
    throw error;
  }
}

/** A lost and newly made key is a mishap of its own: the log is whole, but another key must go on with it. */
function checkKey(note: string, { name, keyId }: NoteVerifier): void {
  const { signatures } = parseNote(note);
  if (signatures.some((signature) => signature.name === name && signature.keyId === keyId)) return;
  const signed = signatures.map((signature) => `${signature.name}+${signature.keyId}`).join(', ');
  throw new NexusError('KEY_UNUSABLE', `The log is signed by ${signed}, not by ${name}+${keyId}.`, {
    hint: 'Put back the log key that this workspace was made with.',
  });
}

function corruptLog(why: string, context: string, cause?: unknown): NexusError {
  return new NexusError('LOG_CORRUPT', `The log is not what was signed: ${why}.`, {
    hint: 'Run `spec-kit ledger fsck` to see which entry, tile or checkpoint was changed, and restore a backup.',
    details: { context },
    cause,
  });
}
