import type { ReportAttempt, ReportTask } from '../model/report.ts';
import { CACHE_TID, micros, PID, tidOf, type TraceEvent } from './trace-event.ts';

/** Viewers do not draw what takes no time. */
const SHORTEST = 1;

export const durationOf = ({ start, end }: { start: number; end: number }): number => Math.max(SHORTEST, micros(end - start));

/** A slice for each attempt; one that has not ended begins and stays open. */
export function sliceEvents(tasks: readonly ReportTask[]): TraceEvent[] {
  return tasks.flatMap((task) => task.attempts.map((attempt) => sliceOf(task, attempt)));
}

function sliceOf(task: ReportTask, attempt: ReportAttempt): TraceEvent {
  const { start, end } = attempt;
  const slice = { name: task.id, cat: task.kind, ts: micros(start), pid: PID, tid: tidOf(attempt), args: argsOf(task, attempt) };
  return end === null ? { ...slice, ph: 'B' } : { ...slice, ph: 'X', dur: durationOf({ start, end }) };
}

function argsOf({ title, milestone }: ReportTask, attempt: ReportAttempt): TraceEvent['args'] & object {
  const { number, outcome, reason, shared, entries, usage } = attempt;
  return {
    title,
    milestone,
    attempt: number,
    outcome,
    entry: entries.start,
    ...(shared > 1 ? { shared } : {}),
    ...(reason === null ? {} : { reason }),
    ...(usage === null ? {} : { usage: { ...usage } }),
  };
}

export function cachedEvents(tasks: readonly ReportTask[]): TraceEvent[] {
  return tasks.flatMap(({ id, kind, title, milestone, cached, settled }): TraceEvent[] => {
    if (cached === null || settled === null) return [];
    const args = { title, milestone, ...cached };
    return [{ name: id, cat: `${kind},cached`, ph: 'i', s: 't', ts: micros(settled), pid: PID, tid: CACHE_TID, args }];
  });
}
