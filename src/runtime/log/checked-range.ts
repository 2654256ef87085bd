import { NexusError } from '../../base/errors.ts';
import { parseCheckpoint, type TreeHead, verifyCheckpoint } from './checkpoint.ts';
import { type CompactRange, readCompactRange } from './compact-range.ts';
import type { LogDatabase } from './database.ts';
import { type NoteVerifier, parseNote } from './signed-note.ts';
import { StoredTree } from './stored-tree.ts';

/**
 * The compact range of what is stored, after comparing it with the last checkpoint: at most 255 hashes of each level are read. Throws
 * `LOG_CORRUPT`, or `KEY_UNUSABLE` if another key than `verifier` signed.
 */
export function checkedRange(database: LogDatabase, verifier: NoteVerifier | undefined): CompactRange {
  const last = database.get<{ seq: number; note: string | null }>('SELECT seq, note FROM entry ORDER BY seq DESC LIMIT 1');
  const range = readCompactRange(last === undefined ? 0 : last.seq + 1, new StoredTree(database).node);
  if (last === undefined) return range;
  const head = lastHead(last.note ?? '', verifier);
  if (head.size === range.size && head.root.equals(range.root())) return range;
  throw corruptLog(`its ${range.size} entries are not the ${head.size} that its last checkpoint signs`, database.path);
}

function lastHead(note: string, verifier: NoteVerifier | undefined): TreeHead {
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
