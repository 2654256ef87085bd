import { bytesOf, concat, sha256, toBase64 } from '../bytes.ts';
import type { LogKey } from '../keys.ts';

/** Of an Ed25519 key in DER (RFC 8410), before its 32 bytes. */
const SPKI = Uint8Array.from([0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]);

/** A trusted root of this log alone, as `own-log.ts` of the vault writes it: what is in the log counts as attested, and no certificate does. */
export async function logRoot({ name, key }: LogKey): Promise<string> {
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', key));
  const keyId = toBase64(await sha256(concat(bytesOf(`${name}\n\u0001`), raw)));
  const rawBytes = toBase64(concat(SPKI, raw));
  const publicKey = { rawBytes, keyDetails: 'PKIX_ED25519', validFor: { start: '1970-01-01T00:00:00Z' } };
  return JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [{ baseUrl: `https://${name}`, hashAlgorithm: 'SHA2_256', publicKey, logId: { keyId } }],
    certificateAuthorities: [],
    ctlogs: [],
    timestampAuthorities: [],
  });
}
