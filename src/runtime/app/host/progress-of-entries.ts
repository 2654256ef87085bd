import type { TaskKind } from '../../../spec/model.ts';
import { MissionCourse } from '../../report/standing/mission-course.ts';
import { type EntryData, textIn, type ToldEntry } from '../../report/standing/told-entry.ts';
import type { Progress } from '../views.ts';

type TaskProgress = Extract<Progress, { type: 'task' }>;

/** Entries that are progress, and what is said of the task; undefined: the state that it has come to. */
const WORDS: ReadonlyMap<string, TaskProgress['state'] | undefined> = new Map([
  ['task.started', undefined],
  ['task.succeeded', undefined],
  ['task.cached', undefined],
  ['task.failed', undefined],
  ['task.skipped', undefined],
  ['task.cancelled', undefined],
  ['task.lost', 'again'],
  ['task.reopened', 'again'],
  ['approval.asked', 'waiting'],
  ['question.asked', 'waiting'],
]);

/** Tells what a mission does from its entries, given in their order. `where`: the workspace, or the remote. */
export function progressOfEntries(
  { id: mission, title, total, where }: { id: string; title: string; total: number; where: string },
  report: (progress: Progress) => void,
): (entry: ToldEntry) => void {
  const course = new MissionCourse();
  const settled = new Set<string>();
  report({ type: 'mission', mission, title, total, resumed: false, workspace: where });
  return (entry) => {
    for (const [id, { state }] of course.add(entry).tasks) {
      if (state === 'waiting' || state === 'running') settled.delete(id);
      else settled.add(id);
    }
    const { kind, task, data } = entry;
    if (typeof task !== 'string' || !WORDS.has(kind)) return;
    const state = WORDS.get(kind) ?? course.tasks.get(task)?.state ?? 'waiting';
    report({ type: 'task', task, ...aboutTask(task, data), state, settled: settled.size, total, ...reasonIn(data) });
  };
}

function aboutTask(task: string, data: EntryData): Pick<TaskProgress, 'title' | 'kind'> {
  return { title: textIn(data, 'title') ?? task, kind: (textIn(data, 'taskKind') ?? 'work') as TaskKind };
}

function reasonIn(data: EntryData): { reason?: string } {
  const asks = textIn(data, 'asks');
  const reason = asks === null ? textIn(data, 'reason') : `it asks ${asks}`;
  return reason === null ? {} : { reason };
}
