import { systemClock } from '../../../base/clock.ts';
import { NexusError } from '../../../base/errors.ts';
import { counted } from '../../../base/text.ts';
import { fsck } from '../../log/fsck.ts';
import type { Log } from '../../log/log.ts';
import { type MissionRow, missionRows } from '../../mission/queries.ts';
import { type ContentStore, openContentStore } from '../../vault/content-store.ts';
import { expiredPayloads } from '../../vault/expired-payloads.ts';
import { looseContent } from '../../vault/loose-content.ts';
import { type PayloadRemoval, payloadsRemoving } from '../../vault/payload-removal.ts';
import { measureContent, removeContent, type StoredContent } from '../../vault/remove-content.ts';
import { readSize, requireDuration } from '../amounts.ts';
import { withHistory } from '../host/history.ts';
import type { Host } from '../host/host.ts';
import { residentHost } from '../host/resident-host.ts';
import { withWriterLog } from '../host/with-writer-log.ts';
import { openKeys } from '../ledger/keys.ts';
import type { Handler } from '../operations.ts';
import type { FileAmount, PruneView } from '../views.ts';
import type { Workspace } from '../workspace.ts';
import { expiredMissions, readRetention, type Retention } from './retention.ts';
import { removeTemporaryFiles, temporaryFiles } from './temporary-files.ts';

interface Limits {
  dryRun: boolean;
  maxSize: number | undefined;
  /** Milliseconds since 1970: what was stored before may go. */
  before: number;
  retention: Retention | undefined;
}

/**
 * Takes out of the content store what nothing in the log refers to, and by a rule of retention payloads of old missions, which the log then names. Under the writer lock, so that nothing is being stored whose entry is still to come; a
 * host that is kept has the lock, and leaves what its missions may come to name (`Work`). Only if the log is whole, since what a damaged one refers to cannot be known. Cut off at any point, it is finished by doing it again.
 */
export const pruneCache: Handler<'cache.prune'> = async (input, context) => {
  const { maxSize, olderThan, dryRun = false } = input;
  const limits: Limits = {
    dryRun,
    maxSize: maxSize === undefined ? undefined : readSize(maxSize),
    before: olderThan === undefined ? Number.POSITIVE_INFINITY : systemClock.now() - requireDuration(olderThan),
    retention: await readRetention(input, context),
  };
  // A workspace without a log is refused here, before opening it for writing would make one that refers to nothing.
  const workspace = await withHistory(context, (history) => history.workspace);
  const signer = openKeys(workspace).log();
  const work = workOf(residentHost(workspace.dir));
  return withWriterLog(workspace, async (log) => {
    refuseDamaged(workspace, fsck(workspace.dir, { verifier: signer }).faults.length);
    return prune(workspace, { log, work }, { ...limits, before: Math.min(limits.before, work.settled) });
  });
};

function refuseDamaged({ dir }: Workspace, faults: number): void {
  if (faults === 0) return;
  throw new NexusError('LOG_CORRUPT', `The log of ${dir} is damaged (${counted(faults, 'fault')}); nothing was removed.`, {
    hint: 'What it refers to cannot be known. `spec-kit ledger fsck` names the faults; restore the workspace from a backup.',
    details: { workspace: dir },
  });
}

/** Milliseconds that something may lie in the store before an entry names it, or a mission that it is for has begun. */
const UNNAMED = 3_600_000;

/** What is done here beside the removal. */
interface Work {
  /** What was stored before, milliseconds since 1970, has been named if it ever is. */
  settled: number;
  /** Whether anything is done at all: files that are not whole, or not in the store yet, may be in use. */
  isKept: boolean;
  /** Whether a mission runs: what was stored long ago may be on its way into one. */
  isBusy: () => boolean;
}

function workOf(host: Host | undefined): Work {
  if (host === undefined) return { settled: Number.POSITIVE_INFINITY, isKept: false, isBusy: () => false };
  const { log, loop } = host.engine;
  const driven = (): MissionRow[] => missionRows(log.db, ['planned', 'running', 'waiting']).filter(({ id }) => loop.drives(id));
  const since = driven().map(({ session_at: at }) => Date.parse(at));
  return { settled: Math.min(systemClock.now(), ...since) - UNNAMED, isKept: true, isBusy: () => driven().length > 0 };
}

interface Place {
  log: Log;
  work: Work;
}

async function prune(workspace: Workspace, { log, work }: Place, limits: Limits): Promise<PruneView> {
  const store = openContentStore(workspace.dir);
  const all = amountOf(measureContent(store.list(), store));
  const loose = measureContent(looseContent(log, store), store);
  if (limits.retention !== undefined) refuseBusy(work);
  const payloads = payloadsOf(log, store, limits.retention);
  const gone = amountOf(payloads.flatMap(({ contents }) => contents));
  const chosen = choose(loose, all.bytes - gone.bytes, limits);
  const removed = amountOf(chosen);
  const temporary = amountOf(work.isKept ? [] : temporaryFiles(workspace, limits.before));
  if (!limits.dryRun) {
    await removePayloads(payloads, { log, store, work });
    await remove(chosen, { log, store, before: limits.before });
    if (!work.isKept) await removeTemporaryFiles(workspace, limits.before);
  }
  const kept = less(less(all, amountOf(loose)), gone);
  return {
    kind: 'Prune',
    dryRun: limits.dryRun,
    workspace: workspace.dir,
    store: all,
    kept,
    removed,
    payloads: { ...gone, missions: payloads.length },
    left: less(amountOf(loose), removed),
    temporary,
    limit: limits.maxSize ?? null,
    over: Math.max(0, all.bytes - removed.bytes - gone.bytes - (limits.maxSize ?? Number.POSITIVE_INFINITY)),
  };
}

function refuseBusy({ isBusy }: Work): void {
  if (!isBusy()) return;
  throw new NexusError(
    'MISSION_STATE',
    'A mission runs, and may take from the cache what a rule of retention removes; nothing was removed.',
    {
      hint: 'Ask again when no mission runs; without a rule, what nothing refers to is removed at any time.',
    },
  );
}

/** The oldest first, until the store is no larger than it may be; all, where no size is given. */
function choose(loose: readonly StoredContent[], total: number, { maxSize = 0, before }: Limits): StoredContent[] {
  let left = total;
  return loose.filter(({ bytes, storedAt }) => {
    if (left <= maxSize || storedAt >= before) return false;
    left -= bytes;
    return true;
  });
}

interface OldPayloads extends PayloadRemoval {
  contents: StoredContent[];
}

function payloadsOf(log: Log, store: ContentStore, retention: Retention | undefined): OldPayloads[] {
  if (retention === undefined) return [];
  const expired = expiredMissions(log, retention);
  return [...expiredPayloads(log, { store, expired })].map(([mission, { digests, trees }]) => ({
    mission,
    rule: retention.rule,
    digests,
    trees,
    contents: measureContent(digests, store),
  }));
}

async function removePayloads(
  payloads: readonly OldPayloads[],
  { log, store, work }: Place & { store: ContentStore },
): Promise<void> {
  if (payloads.length === 0) return;
  await log.append(payloads.flatMap(payloadsRemoving));
  // What a mission has begun with meanwhile stays until the next time; no other will, since the cache no longer has it.
  if (!work.isBusy()) for (const { digests } of payloads) removeContent(digests, store);
}

async function remove(
  chosen: readonly StoredContent[],
  { log, store, before }: { log: Log; store: ContentStore; before: number },
): Promise<void> {
  if (chosen.length === 0) return;
  // Amounts only: an entry that named the contents would be a reason to keep them.
  await log.append([{ kind: 'cache.pruning', data: { ...amountOf(chosen) } }]);
  // What was stored again meanwhile is dated anew.
  const still = measureContent(
    chosen.map(({ digest }) => digest),
    store,
  ).filter(({ storedAt }) => storedAt < before);
  removeContent(
    still.map(({ digest }) => digest),
    store,
  );
}

function amountOf(files: readonly { bytes: number }[]): FileAmount {
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

function less(all: FileAmount, part: FileAmount): FileAmount {
  return { files: all.files - part.files, bytes: all.bytes - part.bytes };
}
