import { createPublicKey, hash } from 'node:crypto';

import { canonicalJson, isJsonObject, type JsonValue } from '../../../base/json.ts';
import type { NoteVerifier } from '../../log/signed-note.ts';
import type { PublicKey } from '../public-key.ts';
import { parseTrustedRoot } from './trusted-root.ts';

/** How a log of ours is named where Sigstore names logs: the whole hash that a checkpoint's key id is the beginning of. */
export function logIdOf({ name, publicKey }: NoteVerifier): Buffer {
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  return hash('sha256', Buffer.concat([Buffer.from(`${name}\n\u0001`), raw]), 'buffer');
}

/**
 * A trusted root of logs of ours alone, as other verifiers read it: they take the host of `baseUrl` for the name of a log and of its key. It names no authority, so that no
 * certificate counts under it.
 */
export function logTrustedRoot(logs: readonly NoteVerifier[]): string {
  const tlogs = logs.map((log) => ({
    baseUrl: `https://${log.name}`,
    hashAlgorithm: 'SHA2_256',
    publicKey: {
      rawBytes: log.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
      keyDetails: 'PKIX_ED25519',
      validFor: { start: '1970-01-01T00:00:00Z' },
    },
    logId: { keyId: logIdOf(log).toString('base64') },
  }));
  return canonicalJson({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs,
    certificateAuthorities: [],
    ctlogs: [],
    timestampAuthorities: [],
  });
}

/** The logs with an Ed25519 key that a trusted root believes, by the name that their address gives them. Throws `TRUSTED_ROOT_UNUSABLE`. */
export function logsOf(root: string): PublicKey[] {
  const { tlogs } = parseTrustedRoot(root);
  return (Array.isArray(tlogs) ? tlogs : []).flatMap((tlog: JsonValue) => {
    const { baseUrl, publicKey } = isJsonObject(tlog) ? tlog : {};
    const { rawBytes, keyDetails } = isJsonObject(publicKey) ? publicKey : {};
    if (keyDetails !== 'PKIX_ED25519' || typeof rawBytes !== 'string' || typeof baseUrl !== 'string') return [];
    const key = createPublicKey({ key: Buffer.from(rawBytes, 'base64'), type: 'spki', format: 'der' });
    return [{ key, name: new URL(baseUrl).hostname }];
  });
}
