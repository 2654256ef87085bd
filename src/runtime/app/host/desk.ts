import type { Clock } from '../../../base/clock.ts';
import { NexusError } from '../../../base/errors.ts';
import type { Task } from '../../../spec/model.ts';
import { recordApprovals } from '../../mission/approvals.ts';
import { readGraph } from '../../mission/graphs.ts';
import type { Steering } from '../../mission/loop.ts';
import { findMission, isOpen, type MissionRow, type TaskRow, taskRow } from '../../mission/queries.ts';
import { requestKey, requestRefused, type WordKind, type WordMatter, wordSaid } from '../../mission/records.ts';
import { closeCancelled } from '../../mission/run-mission.ts';
import { questionToAnswer, refuseUnnamed } from './answer-question.ts';
import type { Engine } from './engine.ts';
import type { AskedFor } from './inbox.ts';

type Said = Extract<AskedFor, { kind: WordKind }>;

/**
 * What a person wants of a mission: checked, written down, signed where it is an answer, and done. Throws `NOT_FOUND` or `MISSION_STATE`, and has then changed
 * nothing. What is written down holds also where nobody drives the mission: whoever takes it up finds it.
 */
export async function takeWord(request: Said, engine: Engine): Promise<MissionRow> {
  const { log, store, loop, clock } = engine;
  const mission = findMission(log.db, request.mission);
  const task = request.task === undefined ? undefined : taskIn(mission, request.task, { store });
  refuseUnfit(request, mission, { driven: loop.drives(mission.id) });
  if ((request.kind === 'approve' || request.kind === 'reject') && task !== undefined) {
    if (request.question !== undefined) return answerQuestion(request, { mission, task: task.task }, engine);
    refuseUnnamed({ mission, task: task.task.id }, log.db);
  }
  if (request.kind === 'approve' && task !== undefined) refuseLate(mission, taskRow(log.db, mission.id, task.task.id), clock);
  const { kind, priority } = request;
  const row = task && taskRow(log.db, mission.id, task.task.id);
  const asked = row?.approval === 'asked';
  const product = (asked && row.approval_product) || undefined;
  await writeDown(request, { mission: mission.id, task: task?.task, matter: { priority, product } }, log);
  try {
    await signAnswers(mission, engine);
  } finally {
    const event = steeringOf(request, mission.id, task?.index);
    if (loop.drives(mission.id)) loop.steer(event, { reason: reasonFor(request), asked });
    else if (kind === 'cancel' && task === undefined) {
      await closeCancelled(mission, { log, store, signer: engine.signerOf(mission) });
    }
  }
  return findMission(log.db, mission.id);
}

/** What an agent asks is answered by the entry alone: it looks for it. */
async function answerQuestion(
  request: Said,
  { mission, task }: { mission: MissionRow; task: Task },
  engine: Engine,
): Promise<MissionRow> {
  const { log, clock } = engine;
  const { kind, question = '' } = request;
  questionToAnswer({ mission, kind, question, task: task.id }, { db: log.db, clock });
  await writeDown(request, { mission: mission.id, task, matter: { question } }, log);
  await signAnswers(mission, engine);
  return findMission(log.db, mission.id);
}

async function writeDown(
  { id, by, kind, note, face = 'cli' }: Said,
  { matter, ...about }: { mission: string; task: Task | undefined; matter: WordMatter },
  log: Engine['log'],
): Promise<void> {
  const isAnswer = kind === 'approve' || kind === 'reject';
  await log.append([wordSaid(kind, about, { request: id, by, note, ...(isAnswer && { face }), ...matter })]);
}

/** An answer is there to be acted on once a statement says whose it is: the gate believes statements alone. */
async function signAnswers(mission: MissionRow, { log, store, signerOf }: Engine): Promise<void> {
  const signer = signerOf(mission);
  if (signer !== undefined) await recordApprovals(mission.id, { log, store, signer });
}

/** Writes down that a request cannot be met, for whoever waits for its answer. */
export async function refuse(request: AskedFor, error: unknown, { log }: Pick<Engine, 'log'>): Promise<void> {
  const { code, message } = error instanceof NexusError ? error : new NexusError('INTERNAL', String(error));
  await log.append([requestRefused(request.id, { code, message })]);
}

/** Writes down which mission a request has led to. */
export async function accept(request: AskedFor, mission: string, { log }: Pick<Engine, 'log'>): Promise<void> {
  await log.append([{ kind: 'request.accepted', mission, data: { request: request.id }, dedup: requestKey(request.id) }]);
}

function taskIn(mission: MissionRow, name: string, { store }: Pick<Engine, 'store'>): { task: Task; index: number } {
  const { tasks } = readGraph(store, mission.graph);
  const own = tasks.findIndex(({ id }) => id === name);
  const printed = tasks.flatMap(({ sourceId }, index) => (sourceId === name ? [index] : []));
  const index = own === -1 && printed.length === 1 ? (printed[0] ?? -1) : own;
  const task = tasks[index];
  if (task !== undefined) return { task, index };
  throw new NexusError('NOT_FOUND', `Mission ${mission.id} has no task ${name}.`, {
    hint: `\`spec-kit status ${mission.id}\` lists its tasks.`,
    details: { mission: mission.id, task: name },
  });
}

/** Words that would mean nothing now are refused: who says them believes something that is not so. */
function refuseUnfit({ kind, task }: Said, mission: MissionRow, { driven }: { driven: boolean }): void {
  const unfit = (why: string, hint: string): never => {
    throw new NexusError('MISSION_STATE', `Mission ${mission.id} ${why}.`, {
      hint,
      details: { mission: mission.id, state: mission.state },
    });
  };
  const look = `\`spec-kit status ${mission.id}\` shows how it stands.`;
  if (kind === 'pause' && !driven) unfit(`is ${mission.state} and not being run`, `\`spec-kit resume ${mission.id}\` runs it.`);
  if (kind === 'retry') {
    if (isOpen(mission) && !driven && mission.state === 'running') return;
    if (mission.state === 'succeeded')
      unfit('has succeeded', 'Nothing of it is to be done again; `apply --force` runs a task anew.');
    return;
  }
  if (!isOpen(mission)) unfit(`has ${mission.state === 'cancelled' ? 'been cancelled' : mission.state}`, look);
  if ((kind === 'approve' || kind === 'reject') && task === undefined)
    unfit('is approved task by task', 'Name the task: `spec-kit approve MISSION TASK`.');
}

/** Nobody's answer in time was a no. */
function refuseLate(mission: MissionRow, row: TaskRow | undefined, clock: Clock): void {
  if (
    row?.approval !== 'expired' &&
    !(row?.approval === 'asked' && row.approval_expires !== null && Date.parse(row.approval_expires) <= clock.now())
  )
    return;
  throw new NexusError('MISSION_STATE', `The time to approve ${row.id} of mission ${mission.id} is over.`, {
    hint: `\`spec-kit retry ${mission.id} ${row.id}\` asks once more.`,
    details: { mission: mission.id, task: row.id, expires: row.approval_expires },
  });
}

/** What the loop is told. A word that lacks what it is about has been refused by then. */
function steeringOf({ kind, priority = 'P1' }: Said, mission: string, task = -1): Steering {
  switch (kind) {
    case 'pause':
      return { type: 'hold', mission };
    case 'cancel':
    case 'retry':
      return { type: kind, mission, ...(task === -1 ? {} : { task }) };
    case 'prioritise':
      return { type: 'prioritise', mission, priority };
    case 'approve':
      return { type: 'approved', mission, task };
    case 'reject':
      return { type: 'refused', mission, task };
    default:
      return kind satisfies never;
  }
}

function reasonFor({ kind, by, note }: Said): string {
  const what = kind === 'reject' ? 'rejected' : 'paused';
  return `It was ${what} by ${by}${note === undefined || note === '' ? '' : `: ${note}`}.`;
}
