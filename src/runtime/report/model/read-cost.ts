import { criticalPath } from './critical-path.ts';
import { runOf } from './read-tasks.ts';
import type { ReportCost, ReportRun, ReportTask } from './report.ts';
import { totalUsage } from '../standing/usage.ts';

export function readCost(tasks: readonly ReportTask[], { runs, now }: { runs: readonly ReportRun[]; now: number }): ReportCost {
  return {
    elapsed: now,
    active: runs.reduce((sum, { start, end }) => sum + end - start, 0),
    work: workOf(tasks, now),
    critical: criticalPath(tasks),
    cache: cacheOf(tasks),
    usage: totalUsage(tasks.map(({ usage }) => usage)),
  };
}

function workOf(tasks: readonly ReportTask[], now: number): number {
  const runs = new Map<string, number>();
  for (const { kind, attempts } of tasks) {
    for (const attempt of attempts) runs.set(runOf(kind, attempt), (attempt.end ?? now) - attempt.start);
  }
  return [...runs.values()].reduce((sum, time) => sum + time, 0);
}

function cacheOf(tasks: readonly ReportTask[]): ReportCost['cache'] {
  const hits = tasks.flatMap(({ cached }) => (cached === null ? [] : [cached.saved]));
  const known = hits.filter((saved) => saved !== null);
  return { hits: hits.length, saved: known.reduce((sum, saved) => sum + saved, 0), unknown: hits.length - known.length };
}
