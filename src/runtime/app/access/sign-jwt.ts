import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto';

import type { JsonObject } from '../../../base/json.ts';

/** A JWT (RFC 7519) signed with an Ed25519 key. `type`: what it is for, so that none passes for another (RFC 8725, section 3.11). */
export function signJwt(claims: JsonObject, { key, type }: { key: KeyObject; type: string }): string {
  const header = { alg: 'EdDSA', typ: type, kid: keyId(key) };
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`;
}

/** JWK thumbprint (RFC 7638) of the public half. */
function keyId(key: KeyObject): string {
  const { crv, kty, x } = createPublicKey(key).export({ format: 'jwk' });
  return createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');
}
