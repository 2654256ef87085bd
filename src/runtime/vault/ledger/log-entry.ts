import type { JsonObject } from '../../../base/json.ts';
import { parseCheckpoint } from '../../log/checkpoint.ts';
import type { LogProof } from '../../log/proof.ts';
import type { NoteVerifier } from '../../log/signed-note.ts';
import { logIdOf } from '../keyless/own-log.ts';

/** A record in a log of ours, proven, as Sigstore bundles carry it (`TransparencyLogEntry` in protobuf's JSON). */
export function transparencyLogEntry(leaf: Uint8Array, { index, hashes, checkpoint }: LogProof, log: NoteVerifier): JsonObject {
  const { size, root } = parseCheckpoint(checkpoint);
  return {
    logIndex: String(index),
    logId: { keyId: logIdOf(log).toString('base64') },
    kindVersion: { kind: 'hashedrekord', version: '0.0.2' },
    inclusionProof: {
      logIndex: String(index),
      rootHash: root.toString('base64'),
      treeSize: String(size),
      ...(hashes.length > 0 && { hashes: hashes.map((hash) => hash.toString('base64')) }),
      checkpoint: { envelope: checkpoint },
    },
    canonicalizedBody: Buffer.from(leaf).toString('base64'),
  };
}
