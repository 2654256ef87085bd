import { type Digest, isDigest } from '../../base/digest.ts';
import { heapBound } from '../../base/heap-bound.ts';
import type { Entry } from '../log/entry.ts';
import type { ContentStore } from './content-store.ts';
import { filesOf, treesIn } from './loose-content.ts';
import { PAYLOADS_REMOVING } from './payload-removal.ts';
import { ARTIFACT_RECORDED, readArtifact } from './records.ts';

/** What of a mission may go: what was said and asked in it, and with `artifacts` also what it made. */
export interface Expiry {
  artifacts: boolean;
}

export interface ExpiredPayloads {
  digests: Digest[];
  /** Lists of the mission's files of which one goes. */
  trees: Digest[];
}

/**
 * Payloads that only missions under `expired` refer to, those that the store has, by mission: transcripts, exchanges with models and the memory, artifacts.
 * Whatever any other entry names, of whatever kind, stays, as does every file of the trees that it names: statements, trees, graphs, scripts, policies, and all
 * that another mission uses too.
 */
export function expiredPayloads(
  log: { entries(): Iterable<Entry> },
  { store, expired }: { store: ContentStore; expired: ReadonlyMap<string, Expiry> },
): Map<string, ExpiredPayloads> {
  const marks = {
    payloads: new Map<Digest, string>(),
    kept: new Set<string>(),
    trees: new Map<Digest, string>(),
    keptTrees: new Set<Digest>(),
  };
  const boundHeap = heapBound();
  for (const entry of log.entries()) {
    boundHeap();
    const expiry = entry.mission === undefined ? undefined : expired.get(entry.mission);
    mark(entry, { marks, expiry });
  }
  for (const tree of marks.keptTrees) for (const digest of filesOf(tree, store)) marks.kept.add(digest);
  const found = new Map<string, ExpiredPayloads>();
  for (const [digest, mission] of marks.payloads) {
    if (!marks.kept.has(digest) && store.has(digest)) partOf(found, mission).digests.push(digest);
  }
  const going = new Set([...found.values()].flatMap(({ digests }) => digests));
  for (const [tree, mission] of marks.trees) {
    if (filesOf(tree, store).some((digest) => going.has(digest))) partOf(found, mission).trees.push(tree);
  }
  return found;
}

interface Marks {
  /** By the mission that names them first. */
  payloads: Map<Digest, string>;
  kept: Set<string>;
  /** Lists of what tasks of expired missions have left. */
  trees: Map<Digest, string>;
  keptTrees: Set<Digest>;
}

function mark(entry: Entry, { marks, expiry }: { marks: Marks; expiry: Expiry | undefined }): void {
  // What was removed before may be there again, and may go again.
  if (entry.kind === PAYLOADS_REMOVING) return;
  const { mission = '' } = entry;
  const payloads = expiry === undefined ? [] : payloadsOf(entry, expiry);
  for (const digest of payloads) if (!marks.payloads.has(digest)) marks.payloads.set(digest, mission);
  if (payloads.length === 0) {
    for (const [digest] of JSON.stringify(entry.data).matchAll(/[\da-f]{64}/g)) marks.kept.add(`sha256:${digest}`);
  }
  const isOwn = expiry?.artifacts === true && TASK_ENDS.has(entry.kind);
  for (const tree of treesIn(entry)) {
    if (isOwn) marks.trees.set(tree, mission);
    else if (expiry?.artifacts !== true || entry.kind === 'mission.created') marks.keptTrees.add(tree);
  }
}

const TASK_ENDS = new Set(['task.succeeded', 'task.cached']);

/** Where digests of payloads stand, by kind of entry. */
const PAYLOAD_MEMBERS: Record<string, readonly string[]> = {
  'agent.lifecycle': ['transcript'],
  'agent.exchange': ['request', 'response'],
  'memory.used': ['request', 'answer'],
};

/** What was said and asked, as an entry names it. */
export function wordsIn({ kind, data }: Entry): Digest[] {
  return (PAYLOAD_MEMBERS[kind] ?? []).map((member) => data[member]).filter(isDigest);
}

export const WORD_KINDS: readonly string[] = Object.keys(PAYLOAD_MEMBERS);

function payloadsOf(entry: Entry, { artifacts }: Expiry): Digest[] {
  if (entry.kind !== ARTIFACT_RECORDED) return wordsIn(entry);
  const record = artifacts ? readArtifact(entry) : undefined;
  return record === undefined ? [] : [record.evidence.checksum].filter(isDigest);
}

function partOf(found: Map<string, ExpiredPayloads>, mission: string): ExpiredPayloads {
  const part = found.get(mission) ?? { digests: [], trees: [] };
  found.set(mission, part);
  return part;
}
