import { NexusError } from '../../base/errors.ts';
import { counted } from '../../base/text.ts';
import type { Entry } from '../log/entry.ts';
import type { ContentStore } from './content-store.ts';
import { PAYLOADS_REMOVING } from './payload-removal.ts';
import { RemovedPayloads } from './removed-payloads.ts';
import type { TreeEntry } from './tree-listing.ts';

interface Source {
  mission: string;
  log: { entries(query: { kinds: readonly string[] }): Iterable<Entry> };
  store: Pick<ContentStore, 'has'>;
}

/**
 * A proof is whole or none. Throws `PAYLOADS_REMOVED` if retention has taken away artifacts of the product, naming them and the entries that say so, and
 * `STORE_CORRUPT` if artifacts are missing that no entry accounts for.
 */
export function refuseIncomplete(tree: readonly TreeEntry[], { mission, log, store }: Source): void {
  const missing = tree.filter(({ digest }) => !store.has(digest));
  if (missing.length === 0) return;
  const removed = new RemovedPayloads();
  for (const entry of log.entries({ kinds: [PAYLOADS_REMOVING] })) removed.take(entry);
  const lost = missing.filter(({ digest }) => !removed.excuses(digest));
  if (lost.length > 0) throw lostArtifacts(lost, mission);
  const by = removed.missed().map(({ entry, at, rule }) => ({ entry, at, rule }));
  const entries = by.map(({ entry, at, rule }) => `log entry ${entry} of ${at} (${rule})`).join(', ');
  const what = `${counted(missing.length, 'artifact')} of ${tree.length}, ${namesOf(missing)},`;
  throw new NexusError('PAYLOADS_REMOVED', `Retention has removed ${what} by ${entries}: the proof would not be whole.`, {
    hint: `What remains is still proven by its hashes: \`spec-kit verify ${mission}\`. For a whole proof use an export from before, or apply the specification again.`,
    details: { mission, removed: by, artifacts: named(missing) },
  });
}

function lostArtifacts(lost: readonly TreeEntry[], mission: string): NexusError {
  const what = `${counted(lost.length, 'artifact')}, ${namesOf(lost)},`;
  return new NexusError('STORE_CORRUPT', `The store lacks ${what} and no entry of the log says why.`, {
    hint: 'Restore the store from a backup, or apply the specification again.',
    details: { mission, artifacts: named(lost) },
  });
}

const named = (files: readonly TreeEntry[]) => files.map(({ path, digest }) => ({ path, digest }));

/** Artifacts in a message; all of them are in the details. */
const SHOWN = 3;

function namesOf(files: readonly TreeEntry[]): string {
  const names = files.slice(0, SHOWN).map(({ path }) => path);
  return [...names, ...(files.length > SHOWN ? [`${files.length - SHOWN} more`] : [])].join(', ');
}
