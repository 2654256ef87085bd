import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';

import { NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import { type HashedRecord, KEY_DETAILS, type RecordVerifier } from './hashed-record.ts';

/** A certificate with many names has some kilobytes; the leaf of a log has 64. */
const MAX_VERIFIER = 16_384;

/**
 * A record as `POST /api/v2/log/entries` sends it (rekor-tiles, `hashedRekordRequestV002` in protobuf's JSON), whose signature is good. Throws `RECORD_REFUSED`: a log that takes
 * signatures which are none is of no use to whoever watches it.
 */
export async function readRecord(request: JsonObject): Promise<HashedRecord> {
  const body = request['hashedRekordRequestV002'] ?? request['hashed_rekord_request_v002'];
  if (!isJsonObject(body)) throw refused('it is none of kind hashedrekord, and others are not taken');
  const { digest, signature } = body;
  const { content, verifier } = isJsonObject(signature) ? signature : {};
  const record = {
    digest: bytesOf(digest, 'digest'),
    signature: bytesOf(content, 'signature').toString('base64'),
    verifier: verifierOf(verifier),
  };
  if (record.digest.length !== 32) throw refused('its digest is no SHA-256');
  await checkRecord(record);
  return record;
}

function verifierOf(value: JsonValue | undefined): RecordVerifier {
  const { keyDetails, publicKey, x509Certificate: certificate } = isJsonObject(value) ? value : {};
  if (keyDetails !== KEY_DETAILS) throw refused(`its keyDetails is not ${KEY_DETAILS}`);
  const { rawBytes } = isJsonObject(publicKey) ? publicKey : isJsonObject(certificate) ? certificate : {};
  const raw = bytesOf(rawBytes, 'key');
  if (raw.length > MAX_VERIFIER) throw refused('its key or certificate is too large');
  return isJsonObject(publicKey) ? { publicKey: raw } : { certificate: raw };
}

function bytesOf(value: JsonValue | undefined, what: string): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'base64') : undefined;
  if (bytes === undefined || bytes.length === 0 || bytes.toString('base64') !== value) throw refused(`its ${what} is not base64`);
  return bytes;
}

/** That the key, or the certificate's, has signed the digest. Whose it is does not matter to a log. */
export async function checkRecord({ digest, signature, verifier }: HashedRecord): Promise<void> {
  // Node verifies what it has hashed itself, and here only the hash is known.
  const { p256 } = await import('@noble/curves/nist.js');
  const key = pointOf(keyOf(verifier));
  const isGood = (): boolean =>
    p256.verify(Buffer.from(signature, 'base64'), digest, key, { prehash: false, lowS: false, format: 'der' });
  if (!holds(isGood)) throw refused('its signature does not fit its digest and key');
}

function keyOf(verifier: RecordVerifier): KeyObject {
  try {
    return 'publicKey' in verifier
      ? createPublicKey({ key: verifier.publicKey, format: 'der', type: 'spki' })
      : new X509Certificate(verifier.certificate).publicKey;
  } catch {
    throw refused('its key or certificate cannot be read');
  }
}

/** The uncompressed point: what ends the SPKI form. */
function pointOf(key: KeyObject): Uint8Array {
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw refused('its key is not on P-256');
  return Uint8Array.from(key.export({ type: 'spki', format: 'der' }).subarray(-65));
}

function holds(test: () => boolean): boolean {
  try {
    return test();
  } catch {
    return false;
  }
}

function refused(why: string): NexusError {
  return new NexusError('RECORD_REFUSED', `The record is not taken: ${why}.`, {
    hint: 'The ledger takes what Rekor v2 takes of kind hashedrekord 0.0.2: a SHA-256, an ECDSA signature (P-256) over it in DER, and the key or certificate.',
  });
}
