import { bytesOf, concat, fromBase64, sha256, toBase64, toHex, type Bytes } from './bytes.ts';
import { refuse } from './refusal.ts';

/** A key of WebCrypto. */
type VerifyingKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** A public key that signs statements. */
export interface SigningKey {
  key: VerifyingKey;
  /** `sha256:` of its DER, as `spki` writes it. */
  fingerprint: string;
  /** The same, as bundles name it: base64. */
  hint: string;
}

/** The public key of a log (c2sp.org/signed-note). */
export interface LogKey {
  key: VerifyingKey;
  name: string;
  /** First four bytes of the hash of its name and itself, hex. */
  id: string;
  /** `NAME+ID+KEY`. */
  text: string;
}

const PEM = /^-----BEGIN PUBLIC KEY-----\n(?<body>(?:[A-Za-z0-9+/=]+\n)+)-----END PUBLIC KEY-----\n$/;

/** A P-256 key in PEM. */
export async function readSigningKey(pem: string): Promise<SigningKey> {
  const der = fromBase64((PEM.exec(pem)?.groups?.['body'] ?? '!').replaceAll('\n', ''));
  if (der === undefined) return refuse('the signing key is not PEM');
  const key = await crypto.subtle
    .importKey('spki', der, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify'])
    .catch(() => refuse('the signing key is not an EC P-256 key'));
  const written = new Uint8Array(await crypto.subtle.exportKey('spki', key));
  const hash = await sha256(written);
  if (toBase64(written) !== toBase64(der)) return refuse('the signing key is not written as keys are');
  return { key, fingerprint: `sha256:${toHex(hash)}`, hint: toBase64(hash) };
}

const ED25519 = 1;

/** An Ed25519 key with its name, as `log.pub` holds it. */
export async function readLogKey(text: string): Promise<LogKey> {
  const [, name, id, encoded = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/u.exec(text.trim()) ?? [];
  const blob = fromBase64(encoded);
  if (name === undefined || id === undefined || blob?.length !== 33 || blob[0] !== ED25519)
    return refuse('the key of the log is malformed');
  const raw: Bytes = blob.slice(1);
  const hash = await sha256(concat(bytesOf(`${name}\n`), Uint8Array.of(ED25519), raw));
  if (toHex(hash.slice(0, 4)) !== id) return refuse('the id of the log key is not its own');
  const key = await crypto.subtle
    .importKey('raw', raw, { name: 'Ed25519' }, true, ['verify'])
    .catch(() => refuse('the key of the log is no Ed25519 key'));
  return { key, name, id, text: text.trim() };
}
