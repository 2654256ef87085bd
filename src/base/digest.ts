import { createHash, hash } from 'node:crypto';

import { canonicalPieces, type JsonValue, shortCanonicalJson } from './json.ts';

/** `sha256:` and 64 lower-case hex digits. */
export type Digest = `sha256:${string}`;

const DIGEST = /^sha256:[0-9a-f]{64}$/;

export function isDigest(value: unknown): value is Digest {
  return typeof value === 'string' && DIGEST.test(value);
}

/** SHA-256 of bytes, or of the UTF-8 of a string. */
export function sha256(data: string | Uint8Array): Digest {
  return `sha256:${hash('sha256', data, 'hex')}`;
}

/** SHA-256 of the canonical JSON (RFC 8785) of a value: equal values have equal digests. */
export function digestOf(value: JsonValue): Digest {
  // Most are short, and a hash that is fed piece by piece costs three times as much.
  const text = shortCanonicalJson(value);
  if (text !== undefined) return sha256(text);
  const whole = createHash('sha256');
  for (const piece of canonicalPieces(value)) whole.update(piece);
  return `sha256:${whole.digest('hex')}`;
}

/** The bare hex digits, as in-toto subjects and file names want them. */
export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}

/** A stable UUID (RFC 9562 version 8) made of a digest, for records whose contract asks for a UUID. */
export function uuidOf(digest: Digest): string {
  const hex = hexOf(digest);
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
