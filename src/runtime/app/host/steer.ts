import { userInfo } from 'node:os';

import { NexusError } from '../../../base/errors.ts';
import { findMission, isOpen, type MissionRow } from '../../mission/queries.ts';
import type { MissionSettings } from '../../mission/settings.ts';
import { takeWord } from './desk.ts';
import { withHistory } from './history.ts';
import type { Host } from './host.ts';
import type { AskedFor } from './inbox.ts';
import { missionViewOf } from '../inspect/mission-view-of.ts';
import type { AnswerInput, CallContext, Handler } from '../operations.ts';
import { readAnswers, readBudget } from '../settings.ts';
import { newRequestId, type Tell, viaWriter } from './via-writer.ts';
import type { MissionView } from '../views.ts';
import { findWorkspace } from '../workspace.ts';

/** Takes up a mission that was stopped, paused, or waited for somebody, and runs it on. */
export const resume: Handler<'resume'> = async ({ mission, budget = [], answerWithin }, context) => {
  const row = await known(mission, context);
  if (!isOpen(row)) throw over(row);
  const settings = { ...(budget.length === 0 ? {} : { budget: readBudget(budget) }), ...readAnswers(answerWithin) };
  return runOn(row, { context, settings });
};

/** Does again what has failed or was cancelled: one task, or all; and runs the mission on. */
export const retry: Handler<'retry'> = async ({ answerWithin, ...input }, context) => {
  const settings = readAnswers(answerWithin);
  return runOn(await say('retry', { input, tell: (row) => row }, context), { context, settings });
};

export const pause: Handler<'pause'> = async (input, context) => say('pause', { input, tell: viewIn(context) }, context);
export const cancel: Handler<'cancel'> = async (input, context) => say('cancel', { input, tell: viewIn(context) }, context);
export const approve: Handler<'approve'> = async (input, context) => say('approve', { input, tell: viewIn(context) }, context);
export const reject: Handler<'reject'> = async (input, context) => say('reject', { input, tell: viewIn(context) }, context);
export const prioritise: Handler<'prioritise'> = async (input, context) =>
  say('prioritise', { input, tell: viewIn(context) }, context);

async function say<Answer>(
  kind: Exclude<AskedFor['kind'], 'resume' | 'apply'>,
  { input, tell }: { input: AnswerInput; tell: Tell<Answer> },
  context: CallContext,
): Promise<Answer> {
  const { mission, task, note, priority, question } = input;
  const { id } = await known(mission, context);
  const request = {
    kind,
    mission: id,
    by: context.by ?? userInfo().username,
    face: context.face ?? 'cli',
    id: newRequestId(),
    ...(task === undefined ? {} : { task }),
    ...(note === undefined ? {} : { note }),
    ...(priority === undefined ? {} : { priority }),
    ...(question === undefined ? {} : { question }),
  };
  const workspace = findWorkspace(context);
  return viaWriter({ workspace, request, here: (host) => takeWord(request, host.engine), follow: false, tell }, context);
}

async function runOn(
  row: MissionRow,
  { context, settings }: { context: CallContext; settings: MissionSettings },
): Promise<MissionView> {
  const workspace = findWorkspace(context);
  const request: AskedFor = { kind: 'resume', mission: row.id, by: context.by ?? userInfo().username, id: newRequestId() };
  const here = async (host: Host): Promise<MissionRow> => {
    const mission = findMission(host.engine.log.db, row.id);
    const kept = JSON.parse(mission.settings) as MissionSettings;
    const changed = { ...kept, ...settings };
    if (context.beginOnly !== true) return (await host.resume(mission, context, { settings: changed })).mission;
    if (!host.engine.loop.drives(mission.id)) {
      await host.begin((onStart) => host.resume(mission, { cwd: context.cwd }, { settings: changed, onStart }));
    }
    return findMission(host.engine.log.db, row.id);
  };
  const tell: Tell<MissionView> = (mission, log) => missionViewOf(mission, { log, workspace }, context);
  return viaWriter({ workspace, request, here, follow: true, tell }, context);
}

async function known(mission: string, context: CallContext): Promise<MissionRow> {
  return withHistory(context, ({ log }) => findMission(log.db, mission));
}

/** Says nothing of progress: the mission may go on. */
function viewIn(context: CallContext): Tell<MissionView> {
  return (mission, log) => missionViewOf(mission, { log, workspace: findWorkspace(context) }, { cwd: context.cwd });
}

function over({ id, state }: MissionRow): NexusError {
  return new NexusError('MISSION_STATE', `Mission ${id} has ${state === 'cancelled' ? 'been cancelled' : state}.`, {
    hint:
      state === 'succeeded' ? '`spec-kit apply BUNDLE` starts another.' : `\`spec-kit retry ${id}\` does again what is missing.`,
    details: { mission: id, state },
  });
}
