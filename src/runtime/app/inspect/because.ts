import { counted, listed } from '../../../base/text.ts';
import type { Task } from '../../../spec/model.ts';
import type { LogQueries } from '../../log/database.ts';
import { type MissionRow, type TaskRow, taskRow } from '../../mission/queries.ts';
import type { TaskState } from '../../mission/records.ts';
import type { KeyChange } from '../../mission/task-key.ts';
import { saidBy, type TaskPast } from './task-past.ts';

/** What is known of a task in a mission. */
export interface TaskFacts {
  task: Task;
  mission: MissionRow;
  row: TaskRow | undefined;
  /** The attempt in an earlier mission that it is compared with. */
  before: TaskRow | undefined;
  changes: readonly KeyChange[];
  past: TaskPast;
  db: LogQueries;
}

/** How a task stands: of a mission that was given up nothing waits any more. */
export function stateOf({ row, mission }: Pick<TaskFacts, 'row' | 'mission'>): TaskState {
  const state = row?.state ?? 'waiting';
  return mission.state === 'cancelled' && (state === 'waiting' || state === 'running') ? 'cancelled' : state;
}

/** Why a task stands as it does, in one sentence. */
export function because(facts: TaskFacts): string {
  const { row } = facts;
  switch (stateOf(facts)) {
    case 'waiting':
      return `${whyWaiting(facts)}.`;
    case 'running':
      return `It runs${again(facts) ?? whyItRuns(facts)}.`;
    case 'succeeded':
      return `It ran${again(facts) ?? whyItRuns(facts)}${attempts(row)}.`;
    case 'cached':
      return `Its inputs are those of mission ${row?.origin ?? ''}, so that result was taken.`;
    case 'failed':
      return `${whyFailed(facts)}.`;
    case 'skipped':
      return `It was skipped: ${row?.reason ?? 'something it needs has failed'}.`;
    default:
      return `${whyCancelled(facts)}.`;
  }
}

function whyWaiting(facts: TaskFacts): string {
  const { row, mission } = facts;
  if (row?.approval === 'asked') {
    return `It waits for a person to approve it${row.approval_expires === null ? '' : `, until ${row.approval_expires}`}`;
  }
  const paused =
    mission.state === 'waiting'
      ? `; its mission waits: ${lowerFirst(mission.reason ?? 'It was stopped.').replace(/\.$/, '')}`
      : '';
  const redo = again(facts);
  if (redo !== undefined) return `It is to be done${redo}${paused}`;
  if ((row?.attempt ?? 0) > 0) return `It was cut off in attempt ${row?.attempt}, and is to be tried again${paused}`;
  return `It has not started: ${waitsFor(facts)}${paused}`;
}

function waitsFor({ task, mission, row, db }: TaskFacts): string {
  const open = task.needs.filter((need) => !['succeeded', 'cached'].includes(taskRow(db, mission.id, need.task)?.state ?? ''));
  if (open.length > 0) return `it needs ${listed(open.map((need) => need.task))}`;
  return row?.approval === 'given' ? 'it was approved, and waits for a free slot' : 'it waits for a free slot';
}

/** What sent it back: of a task that waits, since it was last started; of one that runs or ran, before that. */
function again(facts: TaskFacts): string | undefined {
  const { past, row } = facts;
  const waits = stateOf(facts) === 'waiting';
  const started = past.last('task.started')?.seq ?? -1;
  const reason = [past.last('task.reopened'), past.last('word.retry'), past.last('task.failed'), past.last('task.lost')]
    .filter((entry) => entry !== undefined && (waits ? entry.seq > started : entry.seq < started))
    .reduce((last, entry) => ((entry?.seq ?? -1) > (last?.seq ?? -1) ? entry : last), undefined);
  // A retry of the whole mission is none of a task that it was the first to start.
  if (reason === undefined || (row?.attempt ?? 0) < (waits ? 1 : 2)) return undefined;
  if (reason.kind === 'word.retry') return ` again, because of a retry by ${saidBy(reason)}`;
  if (reason.kind === 'task.failed') return ' again, because the attempt before failed';
  if (reason.kind === 'task.lost') return ' again, because whoever was at it was lost';
  const { because: check, onto } = reason.data;
  if (Array.isArray(onto))
    return ` again, because it and ${listed(onto.map(String))} changed the same places: it builds on theirs now`;
  return ` again, because ${typeof check === 'string' ? check : 'a check'} found its result at fault`;
}

function whyItRuns({ task, before, changes }: TaskFacts): string {
  if (task.ability === 'gate') return ': a gate decides over the evidence of its own mission, in every mission';
  if (before === undefined) return ' because no earlier mission of this specification has run it';
  if (changes.length > 0) return ` because ${listed(changes.map(({ input }) => input))} changed`;
  return ` again with the same inputs: ${noResult(before)}`;
}

function noResult({ state }: TaskRow): string {
  if (state === 'failed') return 'it failed before';
  if (state === 'succeeded' || state === 'cached')
    return 'it was forced, or its earlier result was none to be taken: no check had passed it, or it is gone';
  return 'it did not finish before';
}

function attempts(row: TaskRow | undefined): string {
  return row !== undefined && row.attempt > 1 ? `, and succeeded in attempt ${row.attempt}` : '';
}

function whyFailed(facts: TaskFacts): string {
  const { row, past } = facts;
  const [failed, rejected, escalated] = [past.last('task.failed'), past.last('word.reject'), past.last('task.escalated')];
  const since = past.last('word.retry')?.seq ?? -1;
  if (row?.approval === 'refused')
    return `It failed, because it was rejected by ${rejected === undefined ? 'somebody' : saidBy(rejected)}`;
  if (row?.approval === 'expired') return 'It failed, because nobody approved it in time';
  const { blamed } = past;
  if (blamed !== undefined && failed !== undefined && blamed.seq > failed.seq) {
    return `It failed, and is to be done again once ${blamed.task ?? 'what is at fault'} has been`;
  }
  if (escalated !== undefined && escalated.seq > since) {
    return `It failed in ${counted(Number(escalated.data['attempts']), 'attempt')}, and is left to a person: \`spec-kit retry\` has it done again`;
  }
  return `It ran${whyItRuns(facts)}, and failed`;
}

function whyCancelled({ row, past, mission }: TaskFacts): string {
  const word = past.last('word.cancel');
  if (row?.state === 'cancelled' && word?.task !== undefined) return `It was cancelled by ${saidBy(word)}`;
  if (word !== undefined && mission.cancelled === 1)
    return `It was not finished when its mission was cancelled by ${saidBy(word)}`;
  return 'It was not finished when its mission was closed, because another graph was to be run';
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
