import type { KeyObject } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { writeDurably } from '../../../base/durable-file.ts';
import { NexusError } from '../../../base/errors.ts';
import { openKeyFile } from '../../log/key-file.ts';
import { formatVkey, type NoteSigner, noteSigner, type NoteVerifier, parseVkey } from '../../log/signed-note.ts';
import { openSigningKey, type SigningKey } from '../../vault/signing-key.ts';
import { readConfig } from '../config.ts';
import type { Workspace } from '../workspace.ts';

/** The keys of this user, made on first use; private halves never enter a workspace or a repository. */
export interface Keys {
  /** Signs statements: one key for all workspaces. */
  signing(): SigningKey;
  /** Signs the log of this workspace. */
  log(): NoteSigner;
  /** Signs tokens for the control plane of this workspace. */
  tokens(): KeyObject;
  /** The checkpoint of its log that was last published: beside the key, since a backup of the workspace would take it back too. */
  published(): string | undefined;
  setPublished(note: string): void;
}

export function openKeys(workspace: Workspace): Keys {
  const { keys, keyPassphrase } = readConfig();
  const published = join(keys, 'logs', `${workspace.id}.published`);
  return {
    published: () => (existsSync(published) ? readFileSync(published, 'utf8') : undefined),
    setPublished: (note) => writeDurably(published, note),
    tokens: () => openKeyFile(join(keys, 'tokens', `${workspace.id}.key`), 'ed25519', keyPassphrase),
    signing() {
      const key = openSigningKey(join(keys, 'signing.key'), keyPassphrase);
      publish(join(workspace.keys, `signing-${key.fingerprint.slice(7, 23)}.pub`), key.publicKey);
      return key;
    },
    log() {
      const signer = noteSigner(
        logOrigin(workspace),
        openKeyFile(join(keys, 'logs', `${workspace.id}.key`), 'ed25519', keyPassphrase),
      );
      publish(join(workspace.keys, 'log.pub'), `${formatVkey(signer)}\n`);
      return signer;
    },
  };
}

/** Origin line of the log's checkpoints: a host name of its own, as sigstore-go wants of a log's base URL. */
function logOrigin(workspace: Workspace): string {
  return `${workspace.id}.log.agentnexus.dev`;
}

function publish(path: string, publicKey: string): void {
  if (!existsSync(path) || readFileSync(path, 'utf8') !== publicKey) writeDurably(path, publicKey);
}

/** The log's public key, as this workspace keeps it. Throws `KEY_UNUSABLE`. */
export function logVerifier(workspace: Workspace): NoteVerifier {
  const path = join(workspace.keys, 'log.pub');
  if (!existsSync(path)) {
    throw new NexusError('KEY_UNUSABLE', `The public key of the log is missing: ${path}.`, {
      hint: 'Run `spec-kit apply` once more where the workspace was made: it writes the key again.',
      details: { path },
    });
  }
  return parseVkey(readFileSync(path, 'utf8'));
}

/** Public keys of all who have signed statements in this workspace. Throws `KEY_UNUSABLE` if there are none. */
export function signingPublicKeys(workspace: Workspace): string[] {
  const names = existsSync(workspace.keys) ? readdirSync(workspace.keys).filter((name) => /^signing-.*\.pub$/.test(name)) : [];
  if (names.length > 0) return names.sort().map((name) => readFileSync(join(workspace.keys, name), 'utf8'));
  throw new NexusError('KEY_UNUSABLE', `There is no public signing key in ${workspace.keys}.`, {
    hint: 'Give it with --key FILE, or run `spec-kit apply` once more: it writes the key again.',
    details: { path: workspace.keys },
  });
}
