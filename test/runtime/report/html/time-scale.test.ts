import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { timeScale } from '../../../../src/runtime/report/html/time-scale.ts';
import type { ReportRun } from '../../../../src/runtime/report/model/report.ts';

const runs = fc.array(fc.tuple(fc.nat(10_000_000), fc.nat(10_000_000)), { minLength: 1, maxLength: 6 }).map((steps) => {
  let at = 0;
  return steps.map(([gap, length]): ReportRun => {
    const start = at + gap;
    at = start + length;
    return { start, end: at, ended: 'interrupted' };
  });
});

describe('timeScale', () => {
  it('leaves out the time in which nothing ran', () => {
    const scale = timeScale([
      { start: 0, end: 100, ended: 'lost' },
      { start: 5000, end: 5300, ended: 'finished' },
    ]);
    expect([0, 100, 3000, 5000, 5150, 5300, 9999].map((time) => scale.at(time))).toEqual([0, 0.25, 0.25, 0.25, 0.625, 1, 1]);
    expect(scale.breaks).toEqual([{ at: 0.25, gap: 4900 }]);
    expect(scale.ticks.map(({ time }) => time)).toEqual([0, 50, 100, 150, 200, 250, 300, 350, 400]);
  });

  it('stays on the line, never goes back, and has few ticks', () => {
    fc.assert(
      fc.property(runs, fc.array(fc.nat(30_000_000)), (all, times) => {
        const scale = timeScale(all);
        const places = times.toSorted((a, b) => a - b).map((time) => scale.at(time));
        expect(places).toEqual(places.toSorted((a, b) => a - b));
        expect(places.every((at) => at >= 0 && at <= 1)).toBe(true);
        expect(scale.ticks.length).toBeLessThanOrEqual(9);
        expect(scale.ticks.every(({ at }) => at >= 0 && at <= 1)).toBe(true);
      }),
    );
  });
});
