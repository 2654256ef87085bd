import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { isJsonObject, type JsonObject } from '../../../base/json.ts';
import type { Statement } from '../statement.ts';
import type { Release } from './promotion.ts';

/** A statement that an identity has signed: what GitHub's store of attestations takes. */
export interface Attestation {
  /** Path in the export. */
  path: string;
  bundle: JsonObject & Signed;
  /** Of the first subject, as the store is asked: `sha256:HEX`. */
  subject: string;
  subjects: number;
}

interface Signed {
  mediaType: string;
  dsseEnvelope: JsonObject & { payload: string; signatures: { sig: string }[] };
  verificationMaterial: JsonObject;
}

/** More the store does not take (docs.github.com, "Artifact attestations"). */
export const MOST_SUBJECTS = 1024;

/** Those that a local key has signed are not among them: nobody could look up whose it is. */
export function attestationsOf({ dir, files }: Pick<Release, 'dir' | 'files'>): Attestation[] {
  return files.flatMap(({ path }) => {
    if (!path.startsWith('evidence/')) return [];
    const bundle = JSON.parse(readFileSync(join(dir, path), 'utf8')) as Attestation['bundle'];
    if (!isJsonObject(bundle.verificationMaterial['certificate'])) return [];
    const { subject } = JSON.parse(Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString()) as Statement;
    const [first] = subject;
    return first === undefined ? [] : [{ path, bundle, subject: `sha256:${first.digest.sha256}`, subjects: subject.length }];
  });
}

/** Whether a bundle that the store has is this one: a signature is made once. */
export function isStored(stored: unknown, { bundle }: Attestation): boolean {
  const envelope = (stored as { dsseEnvelope?: { signatures?: { sig?: unknown }[] } } | undefined)?.dsseEnvelope;
  return envelope?.signatures?.[0]?.sig === bundle.dsseEnvelope.signatures[0]?.sig;
}
