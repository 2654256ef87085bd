import type { Task, TaskKind } from '../../../spec/model.ts';
import { type TaskRow, taskRow } from '../../mission/queries.ts';
import type { LogQueries } from '../../log/database.ts';
import { lanesOf } from './lanes.ts';
import type { ReportAttempt, ReportTask } from './report.ts';
import type { TracedAttempt } from '../standing/attempts.ts';
import type { Standing } from '../standing/standing.ts';
import { totalUsage } from '../standing/usage.ts';

interface Traces {
  db: LogQueries;
  rows: ReadonlyMap<string, TaskRow>;
  standing: Standing;
}

/** The tasks of a graph with what became of them. */
export function readTasks(tasks: readonly Task[], { db, rows, standing }: Traces): ReportTask[] {
  const attemptsOf = finishedAttempts(tasks, standing);
  const { time: now } = standing.asOf;
  return tasks.map((task) => {
    const row = rows.get(task.id);
    const attempts = attemptsOf.get(task.id) ?? [];
    const { id, title, kind, milestone, priority, optional, needs, requirements, source } = task;
    return {
      id,
      title,
      kind,
      milestone,
      priority,
      optional,
      state: row?.state ?? 'waiting',
      reason: row?.reason ?? null,
      needs,
      requirements,
      source,
      attempts,
      settled: standing.tasks.get(id)?.settled ?? null,
      elapsed: attempts.reduce((sum, { start, end }) => sum + (end ?? now) - start, 0),
      cached: row?.state === 'cached' && row.origin !== null ? { origin: row.origin, saved: tookIn(db, row.origin, id) } : null,
      usage: totalUsage(attempts.map(({ usage }) => usage)),
    };
  });
}

/** How long a task ran in the mission that its result comes from; null if that mission has no such task. */
function tookIn(db: LogQueries, mission: string, task: string): number | null {
  const row = taskRow(db, mission, task);
  if (row === undefined || row.started_at === null || row.finished_at === null) return null;
  return Math.max(0, Date.parse(row.finished_at) - Date.parse(row.started_at));
}

/** All attempts by task, each with its lane and with how many it shared its run. */
function finishedAttempts(tasks: readonly Task[], standing: Standing): Map<string, ReportAttempt[]> {
  const all = tasks.flatMap(({ id, kind }) =>
    (standing.tasks.get(id)?.attempts ?? []).map((attempt) => ({ id, run: runOf(kind, attempt), attempt })),
  );
  const shared = new Map<string, number>();
  for (const { run } of all) shared.set(run, (shared.get(run) ?? 0) + 1);
  const ordered = all.toSorted((a, b) => a.attempt.entries.start - b.attempt.entries.start);
  const lanes = lanesOf(ordered.map(({ attempt }) => attempt));
  const finished = ordered.map(({ id, run, attempt }, at) => ({
    id,
    attempt: { ...attempt, lane: lanes[at] ?? 1, shared: shared.get(run) ?? 1 },
  }));
  return new Map([...Map.groupBy(finished, ({ id }) => id)].map(([id, group]) => [id, group.map(({ attempt }) => attempt)]));
}

/** Names a run. Checks are handed to the test tools in batches: those that start and end together were one run. */
export function runOf(kind: TaskKind, { start, end, entries }: Pick<TracedAttempt, 'start' | 'end' | 'entries'>): string {
  return kind === 'verification' ? `${start} ${end}` : `entry ${entries.start}`;
}
