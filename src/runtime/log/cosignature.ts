import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';

import { NexusError } from '../../base/errors.ts';
import { decodeBase64, parseNote } from './signed-note.ts';

/** A witness: somebody who says to have seen a log grow, and never fork (c2sp.org/tlog-cosignature, Ed25519). */
export interface WitnessKey {
  name: string;
  keyId: string;
  publicKey: KeyObject;
}

const COSIGNATURE_V1 = 4;
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** Reads `name+id+base64` of a witness. Throws `KEY_UNUSABLE`. */
export function parseWitnessKey(text: string): WitnessKey {
  const [, name, keyId, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/u.exec(text.trim()) ?? [];
  const key = decodeBase64(encoded ?? '');
  const isCosigner = key?.length === 33 && key[0] === COSIGNATURE_V1;
  if (name === undefined || keyId === undefined || !isCosigner || witnessKeyId(name, key) !== keyId) {
    throw new NexusError('KEY_UNUSABLE', 'Not the public key of a witness.', {
      hint: 'It should be one line, NAME+KEYID+BASE64, of a key for cosignature/v1 with Ed25519.',
      details: { text: text.slice(0, 200) },
    });
  }
  const publicKey = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, key.subarray(1)]), format: 'der', type: 'spki' });
  return { name, keyId, publicKey };
}

/** `key` is the algorithm's byte and the 32 bytes of the key. */
export function witnessKeyId(name: string, key: Uint8Array): string {
  return hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), key]), 'hex').slice(0, 8);
}

/** What a witness signs at a time (seconds since 1970) of the text of a checkpoint. */
export function cosignedMessage(text: string, time: bigint): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);
}

/** When this witness has signed `note` (seconds since 1970), by one of these signature lines; undefined if it has not. */
export function cosignedAt(note: string, lines: readonly string[], witness: WitnessKey): number | undefined {
  const { text } = parseNote(note);
  const { signatures } = parseNote(`${text}\n${lines.map((line) => `${line}\n`).join('')}`);
  for (const { name, keyId, signature } of signatures) {
    if (name !== witness.name || keyId !== witness.keyId || signature.length !== 72) continue;
    const time = signature.readBigUInt64BE(0);
    if (verify(null, cosignedMessage(text, time), witness.publicKey, signature.subarray(8))) return Number(time);
  }
  return undefined;
}
