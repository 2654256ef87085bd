import { systemClock } from '../../../base/clock.ts';
import { NexusError } from '../../../base/errors.ts';
import type { Log } from '../../log/log.ts';
import { type MissionRow, missionRows } from '../../mission/queries.ts';
import { type ContentStore, openContentStore } from '../../vault/content-store.ts';
import { payloadsRemoving } from '../../vault/payload-removal.ts';
import { measureContent, removeContent, type StoredContent } from '../../vault/remove-content.ts';
import { readSize, requireDuration } from '../amounts.ts';
import { withHistory } from '../host/history.ts';
import type { Host } from '../host/host.ts';
import { residentHost } from '../host/resident-host.ts';
import { withWriterLog } from '../host/with-writer-log.ts';
import type { Handler } from '../operations.ts';
import type { PruneView } from '../views.ts';
import type { Workspace } from '../workspace.ts';
import { type OldPayloads, surveyAside } from './prune-survey.ts';
import { readRetention, type Retention } from './retention.ts';
import { amountOf, less } from './file-amount.ts';
import { inSlices } from '../../../base/in-slices.ts';
import { pruneUploads } from './prune-uploads.ts';
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
 * host that is kept has the lock, goes on with its work meanwhile, and leaves what its missions may come to name (`Work`). Only if the log is whole, since what a damaged one refers to cannot be known. Cut off at any point, it is finished by doing it again.
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
  const work = workOf(residentHost(workspace.dir));
  return withWriterLog(workspace, async (log) =>
    prune(workspace, { log, work }, { ...limits, before: Math.min(limits.before, work.settled) }),
  );
};

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
  const { retention } = limits;
  if (retention !== undefined && work.isBusy()) throw busy();
  const uploads = { before: Math.min(limits.before, systemClock.now() - UNNAMED), room: Number.POSITIVE_INFINITY, settled: 0 };
  const found = await surveyAside({ workspace: workspace.dir, retention, uploads });
  if (retention !== undefined && (work.isBusy() || isWorkedSince(log, found.entries))) throw busy();
  const store = openContentStore(workspace.dir);
  const all = found.store;
  const gone = amountOf(found.payloads.flatMap(({ contents }) => contents));
  const chosen = choose(found.loose, all.bytes - gone.bytes, limits);
  const removed = amountOf(chosen);
  const temporary = amountOf(work.isKept ? [] : temporaryFiles(workspace, limits.before));
  if (!limits.dryRun) {
    await removePayloads(found.payloads, { log, store, work });
    await remove(chosen, { log, store, before: limits.before });
    await pruneUploads(found.uploads, log);
    if (!work.isKept) await removeTemporaryFiles(workspace, limits.before);
  }
  const loose = amountOf(found.loose);
  return {
    kind: 'Prune',
    dryRun: limits.dryRun,
    workspace: workspace.dir,
    store: all,
    kept: less(less(all, loose), gone),
    removed,
    payloads: { ...gone, missions: found.payloads.length },
    left: less(loose, removed),
    uploads: amountOf(found.uploads),
    temporary,
    limit: limits.maxSize ?? null,
    over: Math.max(0, all.bytes - removed.bytes - gone.bytes - (limits.maxSize ?? Number.POSITIVE_INFINITY)),
  };
}

/** Whether anything was said of missions since somebody looked: one may have taken from the cache what was to go, or have been carried out. */
function isWorkedSince(log: Log, entries: number): boolean {
  for (const { mission, kind } of log.entries({ from: entries }))
    if (mission !== undefined || kind.startsWith('promotion.')) return true;
  return false;
}

function busy(): NexusError {
  return new NexusError(
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

async function removePayloads(
  payloads: readonly OldPayloads[],
  { log, store, work }: Place & { store: ContentStore },
): Promise<void> {
  if (payloads.length === 0) return;
  await log.append(payloads.flatMap(payloadsRemoving));
  const digests = payloads.flatMap((each) => each.digests);
  await inSlices(digests, (slice) => {
    // What a mission has begun with meanwhile stays until the next time; no other will, since the cache no longer has it.
    if (!work.isBusy()) removeContent(slice, store);
  });
}

async function remove(
  chosen: readonly StoredContent[],
  { log, store, before }: { log: Log; store: ContentStore; before: number },
): Promise<void> {
  if (chosen.length === 0) return;
  // Amounts only: an entry that named the contents would be a reason to keep them.
  await log.append([{ kind: 'cache.pruning', data: { ...amountOf(chosen) } }]);
  const digests = chosen.map(({ digest }) => digest);
  await inSlices(digests, (slice) => {
    // What was stored again meanwhile is dated anew.
    const still = measureContent(slice, store).filter(({ storedAt }) => storedAt < before);
    removeContent(
      still.map(({ digest }) => digest),
      store,
    );
  });
}
