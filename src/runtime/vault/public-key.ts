import { createPublicKey, type KeyObject } from 'node:crypto';

import { messageOf, NexusError } from '../../base/errors.ts';
import { parseVkey } from '../log/signed-note.ts';

/** A public key that somebody handed over. */
export interface PublicKey {
  key: KeyObject;
  /** Name of the log, for a key that came with one. */
  name?: string;
}

/** The key in the text of a key file: PEM, or the `name+id+key` of a log. Throws `KEY_UNUSABLE`. */
export function parsePublicKey(text: string): PublicKey {
  if (!text.includes('-----BEGIN')) {
    const { publicKey, name } = parseVkey(text);
    return { key: publicKey, name };
  }
  const key = publicKeyIn(text);
  if (KINDS.has(key.asymmetricKeyType ?? '')) return { key };
  throw unusable(`it is of kind ${key.asymmetricKeyType}`);
}

/** ECDSA keys sign statements, Ed25519 keys sign logs. */
const KINDS = new Set(['ec', 'ed25519']);

/** The key in a PEM, of whatever kind. Throws `KEY_UNUSABLE`. */
export function publicKeyIn(text: string): KeyObject {
  // Node would derive it from a private key too; nobody should get used to handing those around.
  if (text.includes('PRIVATE KEY')) throw unusable('it is a private key');
  try {
    return createPublicKey(text);
  } catch (error) {
    throw unusable(messageOf(error), error);
  }
}

/** Whether a key is of the kind that signs statements. */
export function isSigningKey({ key }: PublicKey): boolean {
  return key.asymmetricKeyType === 'ec';
}

function unusable(why: string, cause?: unknown): NexusError {
  return new NexusError('KEY_UNUSABLE', `The key given is no public key: ${why}.`, {
    hint: 'It should be a PEM file that begins with -----BEGIN PUBLIC KEY-----, or the one line of a log key.',
    cause,
  });
}
