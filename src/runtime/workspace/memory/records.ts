import type { Digest } from '../../../base/digest.ts';
import type { EntryDraft } from '../../log/entry.ts';
import { type MemoryEntry, provenanceData, type Trust } from './entry.ts';

/** Kinds of the entries that the memory leaves in the log. They hold digests: a text that a person deletes is gone. */
export const MEMORY_KINDS = ['memory.added', 'memory.found', 'memory.lost', 'memory.trusted'] as const;

export interface Found {
  id: Digest;
  sha256: Digest;
}

/** Somebody has added an entry here. Only this, and a person's later word, can make one trusted. `request`: makes it count once. */
export function memoryAdded(entry: MemoryEntry, request?: string): EntryDraft {
  const { id, sha256, scope, kind, agent, trust, provenance } = entry;
  const { mission, task } = provenance;
  return {
    kind: 'memory.added',
    ...(mission === undefined ? {} : { mission }),
    ...(mission === undefined || task === undefined ? {} : { task }),
    data: { entry: id, sha256, scope, kind, agent, trust, provenance: provenanceData(provenance) },
    ...(request === undefined ? {} : { dedup: request }),
  };
}

/** Entries in one log entry: 160 bytes each, of 65,535. */
const PAGE = 300;

/** Files have come in from elsewhere: a person's hand, or a merge. Nobody vouches for them. */
export function memoryFound(scope: string, found: readonly Found[]): EntryDraft[] {
  return pages(found).map((page) => ({ kind: 'memory.found', data: { scope, entries: page.map((each) => ({ ...each })) } }));
}

/** Their files are gone, or say something else now. */
export function memoryLost(ids: readonly Digest[]): EntryDraft[] {
  return pages(ids).map((page) => ({ kind: 'memory.lost', data: { entries: [...page] } }));
}

/** A person has read them and vouches for them. */
export function memoryTrusted(ids: readonly Digest[], person: string): EntryDraft[] {
  return pages(ids).map((page) => ({ kind: 'memory.trusted', data: { entries: [...page], person } }));
}

/** What the log says of an entry. */
export interface Standing {
  id: Digest;
  /** Whether it is there. */
  there: boolean;
  /** Undefined: as it was. */
  trust?: Trust;
}

function pages<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / PAGE) }, (_, page) => items.slice(page * PAGE, (page + 1) * PAGE));
}
