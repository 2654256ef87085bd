import { begun, cutOff, ended } from './attempts.ts';
import type { Answer, AsOf, TaskStanding } from './standing.ts';
import { textIn, type ToldEntry } from './told-entry.ts';

/** An entry, and when it came. */
export interface Moment {
  entry: ToldEntry;
  time: number;
  /** The entry before it. */
  last: AsOf;
  /** The last of whoever drove the mission, before it. */
  workedAt: number | null;
}

export type TaskChange = (task: TaskStanding, moment: Moment) => TaskStanding;

/** What an entry means for the task that it names, by its kind. */
export const OWN_CHANGES: ReadonlyMap<string, TaskChange> = new Map(
  Object.entries<TaskChange>({
    'task.started': ({ attempts, ...task }, { entry, time, last }) => ({
      ...task,
      state: 'running',
      reason: null,
      finishedAt: null,
      settled: null,
      attempts: begun(cutOff(attempts, last), entry, time),
    }),
    'task.succeeded': (task, { entry, time }) => ({
      ...rest(task, 'succeeded', { entry, time }),
      attempts: ended(task.attempts, entry, time),
    }),
    'task.cached': (task, moment) => ({ ...rest(task, 'cached', moment), reason: null }),
    'task.failed': (task, { entry, time }) => ({
      ...rest(task, 'failed', { entry, time }),
      reason: textIn(entry.data, 'reason'),
      attempts: ended(task.attempts, entry, time),
    }),
    'task.skipped': (task, moment) => ({ ...rest(task, 'skipped', moment), reason: textIn(moment.entry.data, 'reason') }),
    'task.cancelled': (task, { entry, time }) => ({
      ...rest(task, 'cancelled', { entry, time }),
      attempts: cutOff(task.attempts, { at: entry.at, time }),
    }),
    // Whoever was at it has gone.
    'task.lost': (task, { entry: { at, data }, time }) => ({
      ...waiting(task),
      reason: textIn(data, 'reason'),
      attempts: cutOff(task.attempts, { at, time }),
    }),
    'task.reopened': waiting,
    'word.cancel': (task) => (task.state === 'waiting' || task.state === 'running' ? { ...task, state: 'cancelled' } : task),
    'approval.asked': (task, { entry: { data } }) => ({
      ...waiting(task),
      approval: task.approval === 'given' ? 'given' : 'asked',
      expires: textIn(data, 'expires'),
    }),
    'approval.expired': answered('expired'),
    'word.approve': answered('given'),
    'word.reject': answered('refused'),
    'word.retry': again,
  }),
);

/** What an entry means for every task of its mission, by its kind. */
export const WIDE_CHANGES: ReadonlyMap<string, TaskChange> = new Map(
  Object.entries<TaskChange>({
    // Whoever was killed wrote nothing down: what it had running ended with the last entry before somebody went on.
    'mission.resumed': (task, { last }) => stopped(task, last),
    'mission.interrupted': (task, { entry: { at }, time }) => stopped(task, { at, time }),
    'mission.finished': (task, { last }) => withAttempts(task, cutOff(task.attempts, last)),
    // What was skipped is judged anew: it may still stand above something else that has failed.
    'word.retry': (task, { entry }) => {
      if (task.state === 'skipped') return waiting(task);
      return typeof entry.task === 'string' ? task : again(task);
    },
  }),
);

function again(task: TaskStanding): TaskStanding {
  if (task.state !== 'failed' && task.state !== 'cancelled') return task;
  // Somebody, or time, has said no: who wants it again is asked again.
  return { ...waiting(task), approval: task.approval === 'given' ? 'given' : null, expires: null };
}

function rest(task: TaskStanding, state: TaskStanding['state'], { entry, time }: Pick<Moment, 'entry' | 'time'>): TaskStanding {
  return { ...task, state, finishedAt: entry.at, settled: time };
}

function waiting(task: TaskStanding): TaskStanding {
  return { ...task, state: 'waiting', settled: null };
}

function answered(approval: Answer): TaskChange {
  return (task) => ({ ...task, approval });
}

function stopped(task: TaskStanding, when: { at: string; time: number }): TaskStanding {
  const after = withAttempts(task, cutOff(task.attempts, when));
  return task.state === 'running' ? waiting(after) : after;
}

function withAttempts(task: TaskStanding, attempts: TaskStanding['attempts']): TaskStanding {
  return attempts === task.attempts ? task : { ...task, attempts };
}
