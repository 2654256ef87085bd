import { createPublicKey, hash } from 'node:crypto';

import type { SigningKey } from '../signing-key.ts';

/*
 * OpenSSH's signatures for files (PROTOCOL.sshsig), as git takes them with `gpg.format=ssh`, made with the key that signs statements:
 * the private key need not leave its file for another program.
 */

const MAGIC = Buffer.from('SSHSIG');
const ALGORITHM = 'ecdsa-sha2-nistp256';
const CURVE = 'nistp256';
const HASH = 'sha512';

/** The armoured signature of `message`, for `namespace` (`git` for commits and tags). */
export function sshSignature(message: string, key: SigningKey, namespace = 'git'): string {
  const digest = Buffer.from(hash(HASH, message, 'hex'), 'hex');
  const signed = Buffer.concat([MAGIC, text(namespace), text(''), text(HASH), bytes(digest)]);
  const signature = bytes(Buffer.concat([text(ALGORITHM), bytes(rawSignature(key.sign(signed)))]));
  const version = Buffer.from([0, 0, 0, 1]);
  const blob = Buffer.concat([MAGIC, version, bytes(publicBlob(key)), text(namespace), text(''), text(HASH), signature]);
  const lines = blob.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----', ''].join('\n');
}

/** The public key as a line of `authorized_keys`; with a principal before it, of `gpg.ssh.allowedSignersFile`. */
export function sshPublicKey(key: Pick<SigningKey, 'publicKey'>): string {
  return `${ALGORITHM} ${publicBlob(key).toString('base64')}`;
}

/** RFC 5656, 3.1: the point uncompressed, which is how the SPKI of the key ends. */
function publicBlob({ publicKey }: Pick<SigningKey, 'publicKey'>): Buffer {
  const point = createPublicKey(publicKey).export({ type: 'spki', format: 'der' }).subarray(-65);
  return Buffer.concat([text(ALGORITHM), text(CURVE), bytes(point)]);
}

/** RFC 5656, 3.1.2, of an ECDSA signature in DER: two integers, each with tag, length and big-endian bytes, as SSH's mpint has them too. */
function rawSignature(der: Buffer): Buffer {
  const r = der.subarray(4, 4 + (der[3] ?? 0));
  const s = der.subarray(4 + r.length + 2);
  return Buffer.concat([bytes(r), bytes(s)]);
}

function text(value: string): Buffer {
  return bytes(Buffer.from(value));
}

/** RFC 4251, 5: a string is its length in 32 bits, and its bytes. */
function bytes(value: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(value.length);
  return Buffer.concat([length, value]);
}
