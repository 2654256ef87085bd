import { MISSION_CHANGES } from './mission-changes.ts';
import { isAnswer, questionsAfter } from './questions.ts';
import { type AsOf, type MissionStanding, NEW_TASK, type Standing, type TaskStanding } from './standing.ts';
import { type Moment, OWN_CHANGES, WIDE_CHANGES } from './task-changes.ts';
import type { ToldEntry } from './told-entry.ts';

/** What an entry of a mission's log changes about how it stands: the tasks that it leaves as they are, are left out. The entries come in the order of the log, each once. */
export function changeBy(entry: ToldEntry, before: Standing): Standing {
  const origin = before.mission.origin ?? finite(Date.parse(entry.at));
  const asOf = asOfAfter(entry, before.asOf, origin);
  const moment = { entry, time: asOf.time, last: before.asOf, workedAt: before.workedAt };
  const changed = tasksChanged(before.tasks, moment);
  return {
    mission: missionAfter(before, moment, { changed, origin }),
    tasks: changed,
    asOf,
    workedAt: workedAtAfter(entry, before),
  };
}

function finite(number: number): number | null {
  return Number.isFinite(number) ? number : null;
}

/** What people say takes no time at work: they may say it to a mission that nobody drives. */
function workedAtAfter({ kind, at }: ToldEntry, { mission, workedAt }: Standing): number | null {
  const isWork = kind === 'mission.resumed' || (mission.state === 'running' && !kind.startsWith('word.'));
  return isWork ? (finite(Date.parse(at)) ?? workedAt) : workedAt;
}

function asOfAfter({ seq, at }: ToldEntry, { entries, time }: AsOf, origin: number | null): AsOf {
  const now = Date.parse(at) - (origin ?? 0);
  return { entry: seq, at, entries: entries + 1, time: Math.max(time, finite(now) ?? time) };
}

function tasksChanged(tasks: Standing['tasks'], moment: Moment): Standing['tasks'] {
  const { entry } = moment;
  const changed = new Map<string, TaskStanding>();
  const put = (id: string, before: TaskStanding, after: TaskStanding): unknown => before !== after && changed.set(id, after);
  const wide = WIDE_CHANGES.get(entry.kind);
  if (wide !== undefined) for (const [id, task] of tasks) put(id, task, wide(task, moment));
  if (typeof entry.task !== 'string' || isAnswer(entry)) return changed;
  const own = changed.get(entry.task) ?? tasks.get(entry.task) ?? NEW_TASK;
  put(entry.task, own, stirred(OWN_CHANGES.get(entry.kind)?.(own, moment) ?? own, moment));
  return changed;
}

function stirred(task: TaskStanding, { entry: { kind }, time }: Moment): TaskStanding {
  return kind.startsWith('task.') ? { ...task, stirred: { first: task.stirred?.first ?? time, last: time } } : task;
}

function missionAfter(
  { mission, tasks }: Standing,
  moment: Moment,
  { changed, origin }: { changed: Standing['tasks']; origin: number | null },
): MissionStanding {
  const { entry } = moment;
  const questions = questionsAfter(mission.questions, entry);
  const told = isAnswer(entry) ? undefined : MISSION_CHANGES.get(entry.kind)?.(mission, { ...moment, tasks, changed });
  const isSame = told === undefined && questions === mission.questions && origin === mission.origin;
  return isSame ? mission : { ...mission, questions, origin, ...told };
}
