import type { ReportRun } from '../model/report.ts';

/** Times of a mission on a line: only those at which it was worked on, so that a mission taken up after a week can still be seen. */
export interface TimeScale {
  /** Milliseconds of work in all; at least 1. */
  length: number;
  /** 0..1 along the line. */
  at(time: number): number;
  /** Where one run ended and the next began: along the line, and for how long nothing happened. */
  breaks: { at: number; gap: number }[];
  /** Round marks along the line. */
  ticks: { at: number; time: number }[];
}

const MOST_TICKS = 8;

export function timeScale(runs: readonly ReportRun[]): TimeScale {
  const length = Math.max(
    1,
    runs.reduce((sum, { start, end }) => sum + end - start, 0),
  );
  const at = (time: number): number => {
    let before = 0;
    for (const { start, end } of runs) {
      if (time < start) break;
      before += Math.min(time, end) - start;
    }
    return before / length;
  };
  const breaks = runs.slice(1).map(({ start }, index) => ({ at: at(start), gap: start - (runs[index]?.end ?? start) }));
  const step = stepFor(length);
  const count = Math.floor(length / step) + 1;
  const ticks = Array.from({ length: count }, (_, index) => ({ at: (index * step) / length, time: index * step }));
  return { length, at, breaks, ticks };
}

const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 10e3, 15e3, 30e3, 60e3, 120e3, 300e3, 600e3, 900e3, 1800e3];
const HOUR = 3_600_000;

/** The smallest round step that gives few enough ticks. */
function stepFor(length: number): number {
  const round = STEPS.find((step) => length / step <= MOST_TICKS);
  if (round !== undefined) return round;
  let hours = 1;
  while (length / (hours * HOUR) > MOST_TICKS) hours *= 2;
  return hours * HOUR;
}
