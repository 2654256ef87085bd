import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { type Clock, timestamp } from '../../../base/clock.ts';
import { sha256 } from '../../../base/digest.ts';
import { createDurably } from '../../../base/durable-file.ts';
import type { Log } from '../../log/log.ts';
import { checkEntry, entryId, type MemoryEntry, type NewEntry, type Trust } from './entry.ts';
import { entryPath, writeEntryFile } from './entry-file.ts';
import type { Memory } from './memory.ts';
import { memoryAdded, memoryFound, memoryLost, memoryTrusted } from './records.ts';

export interface Remembering {
  memory: Memory;
  log: Log;
  clock: Clock;
}

/**
 * Adds an entry: its file first, then the log's entry, which names its digest. Killed in between, there is a file that nobody vouches for, and that the
 * next writer tells the log of. The same thing said twice is one entry. Throws `MEMORY_INVALID`.
 */
export async function remember(
  entry: NewEntry,
  { memory, log, clock }: Remembering,
  { trust, request }: { trust: Trust; request?: string },
): Promise<MemoryEntry & { path: string }> {
  const checked = checkEntry(entry);
  const added: MemoryEntry = { ...checked, id: entryId(checked), sha256: sha256(checked.text), at: timestamp(clock), trust };
  const path = entryPath(checked);
  const file = join(memory.folder, path);
  if (!existsSync(file)) createDurably(file, writeEntryFile(added));
  await log.append([memoryAdded(added, request)]);
  await memory.take(path);
  return { ...added, path };
}

export interface Reconciled {
  found: number;
  lost: number;
  trusted: number;
}

/**
 * Tells the log what has become of the files by other hands. With `vouchedBy`, that person has read all that is there and vouches for it, but for what says of
 * itself that it is not to be trusted.
 */
export async function reconcile(
  { memory, log }: Omit<Remembering, 'clock'>,
  { vouchedBy }: { vouchedBy?: string } = {},
): Promise<Reconciled> {
  const { found, lost } = memory.disagreement();
  const trusted = vouchedBy === undefined ? [] : memory.unvouched();
  const drafts = [
    ...[...found].flatMap(([scope, entries]) => memoryFound(scope, entries)),
    ...memoryLost(lost),
    ...(vouchedBy === undefined ? [] : memoryTrusted(trusted, vouchedBy)),
  ];
  if (drafts.length > 0) {
    await log.append(drafts);
    await memory.refresh();
  }
  const count = [...found.values()].reduce((sum, entries) => sum + entries.length, 0);
  return { found: count, lost: lost.length, trusted: trusted.length };
}
