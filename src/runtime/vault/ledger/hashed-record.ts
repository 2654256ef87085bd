import { createPublicKey } from 'node:crypto';

import { type Digest, hexOf, sha256 } from '../../../base/digest.ts';
import { NexusError } from '../../../base/errors.ts';
import { canonicalJson, type JsonObject } from '../../../base/json.ts';
import { type OwnBundle, readOwnBundle } from '../own-bundle.ts';

/** Who signed: a key (SPKI in DER) or a certificate (DER). */
export type RecordVerifier = { publicKey: Buffer } | { certificate: Buffer };

/** What is signed, by digest; the signature; and who signed, as Rekor v2 wants them (`hashedrekord` 0.0.2). */
export interface HashedRecord {
  digest: Buffer;
  /** Base64. */
  signature: string;
  verifier: RecordVerifier;
}

/** All that is signed here: ECDSA on P-256 with SHA-256. */
export const KEY_DETAILS = 'PKIX_ECDSA_P256_SHA_256';

export interface Envelope {
  payload: Uint8Array;
  payloadType: string;
}

/** SHA-256 of what DSSE signs: the pre-authentication encoding (github.com/secure-systems-lab/dsse). */
export function signedDigest({ payload, payloadType }: Envelope): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return digestBytes(sha256(Buffer.concat([Buffer.from(head), payload])));
}

const digestBytes = (digest: Digest): Buffer => Buffer.from(hexOf(digest), 'hex');

/** A Sigstore bundle with a DSSE envelope, as a record. `publicKeys`: SPKI in PEM, by hint. Throws `KEY_UNUSABLE`. */
export function hashedRecord(bundle: Uint8Array, publicKeys: ReadonlyMap<string, string>): HashedRecord {
  const { dsseEnvelope, verificationMaterial } = readOwnBundle(bundle);
  const { payload, payloadType, signatures } = dsseEnvelope;
  return {
    digest: signedDigest({ payload: Buffer.from(payload, 'base64'), payloadType }),
    signature: signatures[0].sig,
    verifier: verifierOf(verificationMaterial, publicKeys),
  };
}

function verifierOf(
  { publicKey, certificate }: OwnBundle['verificationMaterial'],
  publicKeys: ReadonlyMap<string, string>,
): RecordVerifier {
  if (certificate !== undefined) return { certificate: Buffer.from(certificate.rawBytes, 'base64') };
  const pem = publicKeys.get(publicKey?.hint ?? '');
  if (pem === undefined) throw new NexusError('KEY_UNUSABLE', 'A statement is signed by a key whose public half is not here.');
  return { publicKey: createPublicKey(pem).export({ type: 'spki', format: 'der' }) };
}

/** Body of `POST /api/v2/log/entries`. */
export function recordRequest({ digest, signature, verifier }: HashedRecord): JsonObject {
  return {
    hashedRekordRequestV002: {
      digest: digest.toString('base64'),
      signature: { content: signature, verifier: verifierJson(verifier) },
    },
  };
}

/** The leaf of Rekor v2, byte for byte. */
export function canonicalRecord(record: HashedRecord): string {
  return canonicalJson({ apiVersion: '0.0.2', kind: 'hashedrekord', spec: recordSpec(record) });
}

export function recordSpec({ digest, signature, verifier }: HashedRecord): JsonObject {
  const data = { algorithm: 'SHA2_256', digest: digest.toString('base64') };
  return { hashedRekordV002: { data, signature: { content: signature, verifier: verifierJson(verifier) } } };
}

function verifierJson(verifier: RecordVerifier): JsonObject {
  if ('publicKey' in verifier) return { keyDetails: KEY_DETAILS, publicKey: { rawBytes: verifier.publicKey.toString('base64') } };
  return { keyDetails: KEY_DETAILS, x509Certificate: { rawBytes: verifier.certificate.toString('base64') } };
}
