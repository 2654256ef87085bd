import { systemClock } from '../../base/clock.ts';
import { NexusError } from '../../base/errors.ts';
import { counted } from '../../base/text.ts';
import { fsck } from '../log/fsck.ts';
import type { Log } from '../log/log.ts';
import { type ContentStore, openContentStore } from '../vault/content-store.ts';
import { expiredPayloads } from '../vault/expired-payloads.ts';
import { looseContent } from '../vault/loose-content.ts';
import { type PayloadRemoval, payloadsRemoving } from '../vault/payload-removal.ts';
import { measureContent, removeContent, type StoredContent } from '../vault/remove-content.ts';
import { readSize, requireDuration } from './amounts.ts';
import { withHistory } from './history.ts';
import { openKeys } from './keys.ts';
import type { Handler } from './operations.ts';
import { expiredMissions, readRetention, type Retention } from './retention.ts';
import { removeTemporaryFiles, temporaryFiles } from './temporary-files.ts';
import type { FileAmount, PruneView } from './views.ts';
import type { Workspace } from './workspace.ts';
import { openWriterLog } from './writer-log.ts';

interface Limits {
  dryRun: boolean;
  maxSize: number | undefined;
  /** Milliseconds since 1970: what was stored before may go. */
  before: number;
  retention: Retention | undefined;
}

/**
 * Takes out of the content store what nothing in the log refers to, and by a rule of retention payloads of old missions, which the log then names. Under the writer lock, so that nothing is being stored whose entry is still to come; and
 * only if the log is whole, since what a damaged one refers to cannot be known. Cut off at any point, it is finished by doing it again.
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
  const log = openWriterLog(workspace);
  try {
    refuseDamaged(workspace, fsck(workspace.dir, { verifier: signer }).faults.length);
    return await prune(workspace, log, limits);
  } finally {
    log.close();
  }
};

function refuseDamaged({ dir }: Workspace, faults: number): void {
  if (faults === 0) return;
  throw new NexusError('LOG_CORRUPT', `The log of ${dir} is damaged (${counted(faults, 'fault')}); nothing was removed.`, {
    hint: 'What it refers to cannot be known. `spec-kit ledger fsck` names the faults; restore the workspace from a backup.',
    details: { workspace: dir },
  });
}

async function prune(workspace: Workspace, log: Log, limits: Limits): Promise<PruneView> {
  const store = openContentStore(workspace.dir);
  const all = amountOf(measureContent(store.list(), store));
  const loose = measureContent(looseContent(log, store), store);
  const payloads = payloadsOf(log, store, limits.retention);
  const gone = amountOf(payloads.flatMap(({ contents }) => contents));
  const chosen = choose(loose, all.bytes - gone.bytes, limits);
  const removed = amountOf(chosen);
  const temporary = amountOf(temporaryFiles(workspace, limits.before));
  if (!limits.dryRun) {
    await removePayloads(payloads, { log, store });
    await remove(chosen, { workspace, log, store, before: limits.before });
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
  { log, store }: { log: Log; store: ContentStore },
): Promise<void> {
  if (payloads.length > 0) await log.append(payloads.flatMap(payloadsRemoving));
  for (const { digests } of payloads) removeContent(digests, store);
}

async function remove(
  chosen: readonly StoredContent[],
  { workspace, log, store, before }: { workspace: Workspace; log: Log; store: ContentStore; before: number },
): Promise<void> {
  // Amounts only: an entry that named the contents would be a reason to keep them.
  if (chosen.length > 0) await log.append([{ kind: 'cache.pruning', data: { ...amountOf(chosen) } }]);
  removeContent(
    chosen.map(({ digest }) => digest),
    store,
  );
  await removeTemporaryFiles(workspace, before);
}

function amountOf(files: readonly { bytes: number }[]): FileAmount {
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

function less(all: FileAmount, part: FileAmount): FileAmount {
  return { files: all.files - part.files, bytes: all.bytes - part.bytes };
}
