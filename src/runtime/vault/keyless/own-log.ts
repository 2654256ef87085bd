import { hash } from 'node:crypto';

import { canonicalJson } from '../../../base/json.ts';
import type { NoteVerifier } from '../../log/signed-note.ts';

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
