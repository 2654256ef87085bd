import type { TaskState } from '../../mission/records.ts';
import { milestonesOf } from '../../mission/milestones.ts';
import type { ReportMilestone, ReportTask } from './report.ts';
import type { Standing } from '../standing/standing.ts';

/** The milestones with their counts, and when the first and the last of their tasks stirred. */
export function readMilestones(tasks: readonly ReportTask[], standing: Standing['tasks']): ReportMilestone[] {
  const members = Map.groupBy(tasks, ({ milestone }) => milestone);
  const states = new Map(tasks.map(({ id, state }) => [id, state]));
  return milestonesOf(tasks, (id) => states.get(id) ?? 'waiting').map((milestone) => {
    const own = members.get(milestone.title) ?? [];
    return { ...milestone, states: countStates(own), ...spanOf(own, standing) };
  });
}

function countStates(tasks: readonly ReportTask[]): Partial<Record<TaskState, number>> {
  const counts: Partial<Record<TaskState, number>> = {};
  for (const { state } of tasks) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

function spanOf(tasks: readonly ReportTask[], standing: Standing['tasks']): { start: number | null; end: number | null } {
  let [start, end]: [number | null, number | null] = [null, null];
  for (const { id } of tasks) {
    const { first, last } = standing.get(id)?.stirred ?? {};
    if (first === undefined || last === undefined) continue;
    start = Math.min(start ?? first, first);
    end = Math.max(end ?? last, last);
  }
  return { start, end };
}
