import { type Digest, isDigest } from '../../base/digest.ts';
import type { Entry, EntryDraft } from '../log/entry.ts';

/*
 * The log's side of retention. The mission stands in `data`, so that what goes later adds nothing to the mission that made it; contents stand there
 * by digest, so that a verifier can tell what was removed from what is missing.
 */

export const PAYLOADS_REMOVING = 'payloads.removing';

/** Digests in one entry, which has at most 65,535 bytes. */
const PART = 350;

/** What is taken out of one mission. `trees`: lists of files that are no longer whole, so that nobody takes them from the cache. */
export interface PayloadRemoval {
  mission: string;
  /** The rule in words: `payloads older than 90d`. */
  rule: string;
  digests: readonly Digest[];
  trees: readonly Digest[];
}

/** Written before the first of them goes: cut off, it is finished by doing it again. */
export function payloadsRemoving({ mission, rule, digests, trees }: PayloadRemoval): EntryDraft[] {
  const all = [...digests.map((digest) => ({ digest, tree: false })), ...trees.map((digest) => ({ digest, tree: true }))];
  const parts = Array.from({ length: Math.ceil(all.length / PART) }, (_, at) => all.slice(at * PART, (at + 1) * PART));
  return parts.map((part) => {
    const named = part.filter(({ tree }) => !tree).map(({ digest }) => digest);
    const broken = part.filter(({ tree }) => tree).map(({ digest }) => digest);
    return { kind: PAYLOADS_REMOVING, data: { mission, rule, count: named.length, digests: named, trees: broken } };
  });
}

/** Undefined for data that is none. */
export function readRemovedPayloads({ data }: Entry): { mission: string; rule: string; digests: Digest[] } | undefined {
  const { mission, rule, count, digests } = data;
  if (typeof mission !== 'string' || typeof rule !== 'string' || !Array.isArray(digests) || count !== digests.length)
    return undefined;
  const named = digests.filter(isDigest);
  return named.length === digests.length ? { mission, rule, digests: named } : undefined;
}
