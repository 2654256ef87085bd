import { NexusError } from '../../base/errors.ts';
import { type TreeHead, verifyCheckpoint } from './checkpoint.ts';
import { type Hash, leafHash, verifyInclusion } from './merkle.ts';
import { decodeBase64, type NoteVerifier } from './signed-note.ts';

/** That an entry is in a log, in a form that verifies without the log (c2sp.org/tlog-proof). */
export interface LogProof {
  /** Position of the entry. */
  index: number;
  /** Inclusion proof in the tree of the checkpoint, leaf side first. */
  hashes: Hash[];
  /** Signed note of the tree head. */
  checkpoint: string;
  /** Opaque, not authenticated. */
  extra?: Buffer;
}

const HEADER = 'c2sp.org/tlog-proof@v1';

/** The text of a `.tlog-proof` file. */
export function formatProof(proof: LogProof): string {
  const extra = proof.extra === undefined ? [] : [`extra ${proof.extra.toString('base64')}`];
  const hashes = proof.hashes.map((hash) => hash.toString('base64'));
  return [HEADER, ...extra, `index ${proof.index}`, ...hashes, '', proof.checkpoint].join('\n');
}

/** Reads a `.tlog-proof` text without checking it. Throws `VERIFY_FAILED` if it is malformed. */
export function parseProof(text: string): LogProof {
  const split = text.indexOf('\n\n');
  const lines = text.slice(0, Math.max(split, 0)).split('\n');
  if (lines.shift() !== HEADER) throw malformed('it does not start with the proof header');
  const extra = lines[0]?.startsWith('extra ') ? bytesOf(lines.shift()?.slice('extra '.length)) : undefined;
  const [, index] = /^index (0|[1-9]\d*)$/.exec(lines.shift() ?? '') ?? [];
  if (index === undefined || !Number.isSafeInteger(Number(index))) throw malformed('it has no index');
  const proof = { index: Number(index), hashes: lines.map(hashOf), checkpoint: text.slice(split + 2) };
  return extra === undefined ? proof : { ...proof, extra };
}

/** Checks that `leaf` is the entry the proof speaks of, in a tree that `verifier` signed. Returns that tree's head, or throws `VERIFY_FAILED`. */
export function verifyProof(proof: LogProof, leaf: Uint8Array, verifier: NoteVerifier): TreeHead {
  const head = verifyCheckpoint(proof.checkpoint, verifier);
  const claim = { index: proof.index, size: head.size, leaf: leafHash(leaf), root: head.root };
  if (verifyInclusion(claim, proof.hashes)) return head;
  throw new NexusError('VERIFY_FAILED', `The entry is not number ${proof.index} of the log at size ${head.size}.`, {
    details: { index: proof.index, size: head.size, origin: head.origin },
  });
}

function hashOf(line: string): Hash {
  const hash = bytesOf(line);
  if (hash.length !== 32) throw malformed('a hash is not 32 bytes');
  return hash;
}

function bytesOf(text = ''): Buffer {
  const bytes = decodeBase64(text);
  if (bytes === undefined) throw malformed('a line is not base64');
  return bytes;
}

function malformed(why: string): NexusError {
  return new NexusError('VERIFY_FAILED', `Not a log proof: ${why}.`);
}
