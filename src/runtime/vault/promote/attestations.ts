import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type OwnBundle, readOwnBundle, statementIn } from '../own-bundle.ts';
import type { Release } from './promotion.ts';

/** A statement that an identity has signed: what GitHub's store of attestations takes. */
export interface Attestation {
  /** Path in the export. */
  path: string;
  bundle: OwnBundle;
  /** Of the first subject, as the store is asked: `sha256:HEX`. */
  subject: string;
  subjects: number;
}

/** More the store does not take (docs.github.com, "Artifact attestations"). */
export const MOST_SUBJECTS = 1024;

/** Those that a local key has signed are not among them: nobody could look up whose it is. */
export function attestationsOf({ dir, files }: Pick<Release, 'dir' | 'files'>): Attestation[] {
  return files.flatMap(({ path }) => {
    if (!path.startsWith('evidence/')) return [];
    const bundle = readOwnBundle(readFileSync(join(dir, path)));
    if (bundle.verificationMaterial.certificate === undefined) return [];
    const { subject } = statementIn(bundle);
    const [first] = subject;
    return first === undefined ? [] : [{ path, bundle, subject: `sha256:${first.digest.sha256}`, subjects: subject.length }];
  });
}

/** Whether a bundle that the store has is this one: a signature is made once. */
export function isStored(stored: unknown, { bundle }: Attestation): boolean {
  const envelope = (stored as { dsseEnvelope?: { signatures?: { sig?: unknown }[] } } | undefined)?.dsseEnvelope;
  return envelope?.signatures?.[0]?.sig === bundle.dsseEnvelope.signatures[0]?.sig;
}
