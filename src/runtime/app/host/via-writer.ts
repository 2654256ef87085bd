import { setTimeout as wait } from 'node:timers/promises';

import { systemClock, ticks } from '../../../base/clock.ts';
import { isErrorCode } from '../../../base/error-codes.ts';
import { NexusError } from '../../../base/errors.ts';
import { systemIds } from '../../../base/ids.ts';
import type { Entry } from '../../log/entry.ts';
import type { LogReader } from '../../log/log-reader.ts';
import { readLockHolder } from '../../log/writer-lock.ts';
import { findMission, type MissionRow } from '../../mission/queries.ts';
import { requestKey } from '../../mission/records.ts';
import { followMission } from './follow.ts';
import { type Host, openHost } from './host.ts';
import { type AskedFor, putRequest, standingOf, withdraw } from './inbox.ts';
import { openHistory } from './open-history.ts';
import type { CallContext } from '../operations.ts';
import { readOrder } from './read-order.ts';
import { residentHost } from './resident-host.ts';
import type { Workspace } from '../workspace.ts';

/** Milliseconds between two looks for the answer, and how long one waits for it. */
const PACE = 50;
const PATIENCE = 15_000;

/** How long one waits where the writer has begun with it: it may have much to read. */
const LONG_PATIENCE = 120_000;

/** What is answered of the mission that something was done to, while its log is open. */
export type Tell<Answer> = (mission: MissionRow, log: LogReader) => Answer;

export interface Wish<Answer> {
  workspace: Workspace;
  request: AskedFor;
  /** Does it in this process, which is the writer then. */
  here: (host: Host) => Promise<MissionRow>;
  /** Whether to stay with the mission until it is over or waits for somebody. */
  follow: boolean;
  tell: Tell<Answer>;
  jobs?: number | undefined;
}

/**
 * Has something done by the one process that writes to the workspace: by this one if no other does, else by asking that one. If it lets go of a mission
 * that is followed, this process takes it up.
 */
export async function viaWriter<Answer>(wish: Wish<Answer>, context: CallContext): Promise<Answer> {
  const { workspace, request, here, follow, tell } = wish;
  const resident = residentHost(workspace.dir);
  if (resident !== undefined) return tell(await here(resident), resident.engine.log);
  const host = await hostOrNone(wish, context);
  if (host !== undefined) {
    try {
      return tell(await here(host), host.engine.log);
    } finally {
      await host.close();
    }
  }
  const mission = await submit(workspace, request);
  if (mission === undefined) return viaWriter(wish, context);
  const end = follow ? await followMission(workspace, mission.id, context) : mission;
  if (end !== undefined) return told(end, wish);
  const resume: AskedFor = { kind: 'resume', mission: mission.id, by: request.by, id: newRequestId() };
  const resumeHere = async (next: Host): Promise<MissionRow> =>
    (await next.resume(findMission(next.engine.log.db, mission.id), context)).mission;
  return viaWriter({ ...wish, request: resume, here: resumeHere }, context);
}

async function told<Answer>(mission: MissionRow, { workspace, tell }: Wish<Answer>): Promise<Answer> {
  const log = await openHistory(workspace);
  try {
    return tell(mission, log);
  } finally {
    log.close();
  }
}

export function newRequestId(): string {
  return systemIds(systemClock).uuid();
}

async function hostOrNone(
  { workspace, jobs }: Pick<Wish<unknown>, 'workspace' | 'jobs'>,
  context: CallContext,
): Promise<Host | undefined> {
  try {
    return await openHost(workspace, context, { readOrder, jobs });
  } catch (error) {
    if (error instanceof NexusError && error.code === 'WORKSPACE_LOCKED') return undefined;
    throw error;
  }
}

/** Asks the writer and waits for its answer. Undefined if it has gone without one. Throws what it refused with, or `REQUEST_UNANSWERED`. */
async function submit(workspace: Workspace, request: AskedFor): Promise<MissionRow | undefined> {
  const log = await logOfWriter(workspace);
  if (log === undefined) return undefined;
  try {
    putRequest(workspace, request);
    // Not by the clock on the wall: that may be set, and goes on while the machine sleeps.
    for (const start = ticks(); ;) {
      const standing = standingOf(workspace, request.id);
      const answer = log.entryWithKey(requestKey(request.id));
      if (answer !== undefined) return findMission(log.db, missionOf(answer));
      if (readLockHolder(workspace.dir) === undefined) {
        withdraw(workspace, request.id);
        return undefined;
      }
      const waited = ticks() - start;
      if (waited > (standing === 'put' ? PATIENCE : LONG_PATIENCE)) throw unanswered(workspace, request);
      await wait(PACE);
    }
  } finally {
    log.close();
  }
}

/** The log, which a writer that has only just begun may still have to make. Undefined if it is gone before that. */
async function logOfWriter(workspace: Workspace): Promise<LogReader | undefined> {
  for (;;) {
    try {
      return await openHistory(workspace);
    } catch (error) {
      if (!(error instanceof NexusError) || error.code !== 'WORKSPACE_NOT_FOUND') throw error;
      if (readLockHolder(workspace.dir) === undefined) return undefined;
      await wait(PACE);
    }
  }
}

function missionOf({ kind, mission, data }: Entry): string {
  if (kind !== 'request.refused' && mission !== undefined) return mission;
  const { code, message } = data;
  throw new NexusError(isErrorCode(code) ? code : 'INTERNAL', typeof message === 'string' ? message : 'It was refused.', {
    hint: '`spec-kit missions` lists the missions, `spec-kit status MISSION` their tasks.',
  });
}

function unanswered(workspace: Workspace, request: AskedFor): NexusError {
  const untouched = withdraw(workspace, request.id);
  const holder = readLockHolder(workspace.dir);
  return new NexusError(
    'REQUEST_UNANSWERED',
    `Process ${holder?.pid ?? '?'}, which writes to ${workspace.dir}, does not answer.`,
    {
      hint: untouched
        ? 'It may be suspended, or busy: wake it or end it, and ask again. Nothing was changed.'
        : 'It may be suspended, or busy. It has begun with this and may still do it: `spec-kit missions` shows whether it has.',
      details: { ...holder },
    },
  );
}
