import { NexusError } from '../../base/errors.ts';
import { counted } from '../../base/text.ts';
import type { Entry } from '../log/entry.ts';
import type { ContentStore } from './content-store.ts';
import { PAYLOADS_REMOVING, readRemovedPayloads } from './payload-removal.ts';
import type { TreeEntry } from './tree-listing.ts';

interface Source {
  mission: string;
  log: { entries(query: { kinds: readonly string[] }): Iterable<Entry> };
  store: Pick<ContentStore, 'has'>;
}

/** Artifacts in a message; all of them are in the details. */
const NAMED = 3;

/**
 * A proof is whole or none. Throws `PAYLOADS_REMOVED` if retention has taken away artifacts of the product, naming them and the entries that say so, and
 * `STORE_CORRUPT` if artifacts are missing that no entry accounts for.
 */
export function refuseIncomplete(tree: readonly TreeEntry[], { mission, log, store }: Source): void {
  const missing = tree.filter(({ digest }) => !store.has(digest));
  if (missing.length === 0) return;
  const removals = new Map<string, Entry>();
  for (const entry of log.entries({ kinds: [PAYLOADS_REMOVING] })) {
    for (const digest of readRemovedPayloads(entry)?.digests ?? []) removals.set(digest, entry);
  }
  const lost = missing.filter(({ digest }) => !removals.has(digest));
  if (lost.length > 0) throw lostArtifacts(lost, mission);
  throw removedArtifacts(missing, { mission, size: tree.length, removals });
}

function removedArtifacts(
  missing: readonly TreeEntry[],
  { mission, size, removals }: { mission: string; size: number; removals: ReadonlyMap<string, Entry> },
): NexusError {
  const entries = new Set(missing.flatMap(({ digest }) => removals.get(digest) ?? []));
  const removed = [...entries].map(({ seq, at, data }) => ({ entry: seq, at, rule: String(data['rule']) }));
  const by = removed.map(({ entry, at, rule }) => `log entry ${entry} of ${at} (${rule})`).join(', ');
  const what = `${counted(missing.length, 'artifact')} of ${size}`;
  return new NexusError(
    'PAYLOADS_REMOVED',
    `Retention has removed ${what}, ${namesOf(missing)}, by ${by}: the proof would not be whole.`,
    {
      hint: `What remains is still proven by its hashes: \`spec-kit verify ${mission}\`. For a whole proof use an export from before, or apply the specification again.`,
      details: { mission, removed, artifacts: missing.map(({ path, digest }) => ({ path, digest })) },
    },
  );
}

function lostArtifacts(lost: readonly TreeEntry[], mission: string): NexusError {
  const what = counted(lost.length, 'artifact');
  return new NexusError('STORE_CORRUPT', `The store lacks ${what}, ${namesOf(lost)}, and no entry of the log says why.`, {
    hint: 'Restore the store from a backup, or apply the specification again.',
    details: { mission, artifacts: lost.map(({ path, digest }) => ({ path, digest })) },
  });
}

function namesOf(files: readonly TreeEntry[]): string {
  const names = files.slice(0, NAMED).map(({ path }) => path);
  return [...names, ...(files.length > NAMED ? [`${files.length - NAMED} more`] : [])].join(', ');
}
