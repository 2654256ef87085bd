import type { TaskState } from '../../mission/records.ts';

/** How many tasks are in which state. */
export function countsOf(tasks: Iterable<{ readonly state: TaskState }>): Record<'total' | TaskState, number> {
  const counts = { total: 0, succeeded: 0, cached: 0, failed: 0, running: 0, waiting: 0, skipped: 0, cancelled: 0 };
  for (const { state } of tasks) {
    counts.total++;
    counts[state]++;
  }
  return counts;
}
