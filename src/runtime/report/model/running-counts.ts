import type { ReportAttempt } from './report.ts';

/** How many attempts were running, from each time at which that changed. */
export function runningCounts(attempts: readonly Pick<ReportAttempt, 'start' | 'end'>[]): { time: number; count: number }[] {
  const changes = new Map<number, number>();
  const change = (time: number, by: number): unknown => changes.set(time, (changes.get(time) ?? 0) + by);
  for (const { start, end } of attempts) {
    change(start, 1);
    if (end !== null) change(end, -1);
  }
  let count = 0;
  return [...changes]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([time, by]) => {
      count += by;
      return by === 0 ? [] : [{ time, count }];
    });
}
