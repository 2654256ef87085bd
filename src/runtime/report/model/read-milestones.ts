import type { TaskState } from '../../mission/records.ts';
import { milestonesOf } from '../../mission/milestones.ts';
import type { ReportMilestone, ReportTask } from './report.ts';
import type { TaskTrace } from './task-trace.ts';

/** The milestones with their counts, and when the first and the last of their tasks stirred. */
export function readMilestones(tasks: readonly ReportTask[], trace: TaskTrace): ReportMilestone[] {
  const members = Map.groupBy(tasks, ({ milestone }) => milestone);
  const states = new Map(tasks.map(({ id, state }) => [id, state]));
  return milestonesOf(tasks, (id) => states.get(id) ?? 'waiting').map((milestone) => {
    const own = members.get(milestone.title) ?? [];
    return { ...milestone, states: countStates(own), ...spanOf(own, trace) };
  });
}

function countStates(tasks: readonly ReportTask[]): Partial<Record<TaskState, number>> {
  const counts: Partial<Record<TaskState, number>> = {};
  for (const { state } of tasks) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

function spanOf(tasks: readonly ReportTask[], trace: TaskTrace): { start: number | null; end: number | null } {
  let [start, end]: [number | null, number | null] = [null, null];
  for (const { id } of tasks) {
    const traced = trace.tasks.get(id);
    if (traced === undefined) continue;
    start = Math.min(start ?? traced.first, traced.first);
    end = Math.max(end ?? traced.last, traced.last);
  }
  return { start, end };
}
