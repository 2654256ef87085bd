import { createPublicKey, type KeyObject, sign } from 'node:crypto';

import { type Digest, hexOf, sha256 } from '../../base/digest.ts';
import { openKeyFile } from '../log/key-file.ts';

/** The local key that signs statements: ECDSA on P-256 with SHA-256. */
export interface SigningKey {
  /** SPKI in PEM, as `cosign --key` reads it. */
  publicKey: string;
  /** SHA-256 of the SPKI DER: how people compare keys. */
  fingerprint: Digest;
  /** The fingerprint as cosign writes it into `verificationMaterial.publicKey.hint`. */
  hint: string;
  /** ECDSA signature, DER. */
  sign(data: Uint8Array): Buffer;
}

/** Opens the key file, and makes it (0600) on first use. Throws `KEY_UNUSABLE`. */
export function openSigningKey(path: string, passphrase?: string): SigningKey {
  const privateKey = openKeyFile(path, 'p256', passphrase);
  const publicKey = createPublicKey(privateKey);
  return {
    publicKey: pemOf(publicKey),
    fingerprint: fingerprintOf(publicKey),
    hint: hintOf(fingerprintOf(publicKey)),
    sign: (data) => sign('sha256', data, privateKey),
  };
}

export function pemOf(publicKey: KeyObject): string {
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

export function fingerprintOf(publicKey: KeyObject): Digest {
  return sha256(publicKey.export({ type: 'spki', format: 'der' }));
}

/** base64(SHA-256(SPKI DER)). */
export function hintOf(fingerprint: Digest): string {
  return Buffer.from(hexOf(fingerprint), 'hex').toString('base64');
}
