import type { Bytes } from './bytes.ts';
import { refuse } from './refusal.ts';

/** An ECDSA signature in DER (RFC 3279, 2.2.3) as the two numbers of so many bytes that WebCrypto takes. Only the shortest form of each is one. */
export function rawSignature(der: Bytes, size: number): Bytes {
  const raw = new Uint8Array(2 * size);
  const length = der[1] ?? 0;
  if (der[0] !== 0x30 || length !== der.length - 2 || length > 127) return refuse('its signature is malformed');
  const at = number(der, 2, raw.subarray(0, size));
  const end = number(der, at, raw.subarray(size));
  return end === der.length ? raw : refuse('its signature is malformed');
}

function number(der: Bytes, at: number, into: Uint8Array): number {
  const length = der[at + 1] ?? 0;
  const value = der.subarray(at + 2, at + 2 + length);
  const first = value[0] ?? 0xff;
  const isShortest = length === 1 || first !== 0 || (value[1] ?? 0) >= 0x80;
  const digits = first === 0 && length > 1 ? value.subarray(1) : value;
  if (der[at] !== 2 || value.length !== length || length === 0 || first >= 0x80 || !isShortest || digits.length > into.length) {
    return refuse('its signature is malformed');
  }
  into.set(digits, into.length - digits.length);
  return at + 2 + length;
}
