import { setTimeout as wait } from 'node:timers/promises';

import { NexusError } from '../../../base/errors.ts';
import type { Entry } from '../../log/entry.ts';
import { isWriting, readLockHolder } from '../../log/writer-lock.ts';
import { findMission, isOpen, type MissionRow } from '../../mission/queries.ts';
import { openHistory } from './open-history.ts';
import type { CallContext } from '../operations.ts';
import { progressOfEntries } from './progress-of-entries.ts';
import type { Workspace } from '../workspace.ts';

/** Milliseconds between two looks at the log. */
const PACE = 150;

/**
 * Tells what a mission does that another process drives, from its log, until it is over or waits for somebody. Undefined if that process has let go
 * of it before: then whoever wants it done takes it up. Throws `INTERRUPTED` when the follower is; the mission goes on.
 */
export async function followMission(
  workspace: Workspace,
  mission: string,
  context: CallContext,
): Promise<MissionRow | undefined> {
  const log = await openHistory(workspace);
  try {
    const show = progressFrom(findMission(log.db, mission), workspace, context);
    const writer = writerWatch(workspace);
    for (let seq = findMission(log.db, mission).first_seq - 1; ;) {
      const row = findMission(log.db, mission);
      for (const entry of log.entries({ mission, from: seq + 1 })) {
        seq = entry.seq;
        show(entry);
      }
      if (!isOpen(row) || (row.state === 'waiting' && row.reason !== null)) return row;
      if (writer.hasLetGo(row.state === 'waiting')) return undefined;
      if (context.drain?.aborted === true) throw leftAlone(mission);
      await wait(PACE);
    }
  } finally {
    log.close();
  }
}

/** Looks between two glances that trust what the lock's holder says of itself, and not the lock. */
const TRUST = 20;

/** Tells when the writer is gone for the mission that it drove. `letGo`: it has stopped driving it, and is on its way out, which may take a while. */
function writerWatch({ dir }: Workspace): { hasLetGo: (letGo: boolean) => boolean } {
  let leaving: number | undefined;
  let looks = 0;
  return {
    hasLetGo(letGo) {
      const holder = readLockHolder(dir);
      // Another process may have the pid of one that died.
      if (holder === undefined || (++looks % TRUST === 0 && !isWriting(dir))) return true;
      if (!letGo) leaving = undefined;
      else if (leaving === undefined) leaving = holder.pid;
      else if (leaving !== holder.pid) return true;
      return false;
    },
  };
}

function progressFrom(
  { id, title, tasks: total }: MissionRow,
  { dir }: Workspace,
  { onProgress }: CallContext,
): (entry: Entry) => void {
  return progressOfEntries({ id, title, total, where: dir }, onProgress ?? (() => undefined));
}

function leftAlone(mission: string): NexusError {
  return new NexusError('INTERRUPTED', `Mission ${mission} goes on in the other process.`, {
    hint: `\`spec-kit logs ${mission} --follow\` shows it again; \`spec-kit cancel ${mission}\` ends it.`,
    details: { mission },
  });
}
