import { NexusError } from '../../base/errors.ts';
import type { Hash } from './merkle.ts';
import { decodeBase64, isSignedBy, type NoteSigner, type NoteVerifier, parseNote, signNote } from './signed-note.ts';

/** Head of a tree: what a log commits to (c2sp.org/tlog-checkpoint). */
export interface TreeHead {
  /** The log's identity; also the name of its key. */
  origin: string;
  size: number;
  root: Hash;
}

/** Signs a tree head. `signer.name` is the origin. */
export function signCheckpoint(head: Omit<TreeHead, 'origin'>, signer: NoteSigner): string {
  return signNote(`${signer.name}\n${head.size}\n${head.root.toString('base64')}\n`, signer);
}

/** Reads a checkpoint without checking its signature. Throws `VERIFY_FAILED` if it is malformed. */
export function parseCheckpoint(note: string): TreeHead {
  return headOf(parseNote(note).text);
}

/** Reads a checkpoint and checks that `verifier` signed it and is its origin. Throws `VERIFY_FAILED`. */
export function verifyCheckpoint(note: string, verifier: NoteVerifier): TreeHead {
  const parsed = parseNote(note);
  const head = headOf(parsed.text);
  if (head.origin !== verifier.name) {
    throw new NexusError('VERIFY_FAILED', `The checkpoint is of log ${head.origin}, not of ${verifier.name}.`);
  }
  if (isSignedBy(parsed, verifier)) return head;
  throw new NexusError('VERIFY_FAILED', `The checkpoint at ${head.size} is not signed by ${verifier.name}+${verifier.keyId}.`);
}

function headOf(text: string): TreeHead {
  const [origin = '', size = '', encoded = '', ...extensions] = text.slice(0, -1).split('\n');
  const root = decodeBase64(encoded);
  const numbered = /^(0|[1-9]\d*)$/.test(size) && Number.isSafeInteger(Number(size));
  if (origin === '' || !numbered || root?.length !== 32 || extensions.includes('')) {
    throw new NexusError('VERIFY_FAILED', 'Not a checkpoint: origin, size and root hash expected.');
  }
  return { origin, size: Number(size), root };
}
