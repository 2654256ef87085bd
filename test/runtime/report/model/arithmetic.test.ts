import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { criticalPath } from '../../../../src/runtime/report/model/critical-path.ts';
import { lanesOf } from '../../../../src/runtime/report/model/lanes.ts';
import { runningCounts } from '../../../../src/runtime/report/model/running-counts.ts';
import { readUsage, totalUsage } from '../../../../src/runtime/report/standing/usage.ts';

const stretches = fc
  .array(fc.record({ start: fc.nat(100), length: fc.option(fc.nat(50)) }))
  .map((all) =>
    all
      .toSorted((a, b) => a.start - b.start)
      .map(({ start, length }) => ({ start, end: length === null ? null : start + length })),
  );

describe('lanesOf', () => {
  it('never puts two that run at once in one lane, and takes the lowest', () => {
    fc.assert(
      fc.property(stretches, (all) => {
        const lanes = lanesOf(all);
        for (const [at, lane] of lanes.entries()) {
          const { start = 0 } = all[at] ?? {};
          const busy = lanes.slice(0, at).filter((_, other) => {
            const before = all[other];
            return before !== undefined && Math.max(before.end ?? Infinity, before.start + 1) > start;
          });
          expect(busy).not.toContain(lane);
          for (let lower = 1; lower < lane; lower++) expect(busy).toContain(lower);
        }
      }),
    );
  });
});

describe('runningCounts', () => {
  it('goes up and down by what starts and ends, and ends at what is still open', () => {
    fc.assert(
      fc.property(stretches, (all) => {
        const counts = runningCounts(all);
        expect(counts.every(({ count }) => count >= 0 && count <= all.length)).toBe(true);
        expect(counts.at(-1)?.count ?? 0).toBe(all.filter(({ end }) => end === null).length);
      }),
    );
  });
});

describe('criticalPath', () => {
  const task = (id: string, elapsed: number, needs: string[] = []) => ({
    id,
    elapsed,
    needs: needs.map((need) => ({ task: need, kind: 'explicit' as const, because: '' })),
  });

  it('is the chain that took longest, not the one with most tasks', () => {
    const tasks = [
      task('a', 1),
      task('b', 1, ['a']),
      task('c', 1, ['b']),
      task('d', 9, ['a', 'unknown']),
      task('e', 1, ['c', 'd']),
    ];
    expect(criticalPath(tasks)).toEqual({ elapsed: 11, tasks: ['a', 'd', 'e'] });
  });

  it('is empty where nothing took time', () => {
    expect(criticalPath([])).toEqual({ elapsed: 0, tasks: [] });
    expect(criticalPath([task('a', 0)])).toEqual({ elapsed: 0, tasks: [] });
  });
});

describe('usage', () => {
  it('adds up what entries carry, and takes nothing for granted', () => {
    expect(readUsage({ usage: { tokens: 15, money: 0.5, model: 'x' } })).toEqual({
      tokens: 15,
      money: 0.5,
      energy: null,
    });
    expect(
      [{}, { usage: 3 }, { usage: { tokens: 'many', money: -1 } }, { usage: { energy: {} } }].map((data) => readUsage(data)),
    ).toEqual([null, null, null, null]);
    expect(totalUsage([null, { tokens: 1, money: null, energy: 2 }, { tokens: 2, money: null, energy: null }])).toEqual({
      tokens: 3,
      money: null,
      energy: 2,
    });
    expect(totalUsage([null])).toBeNull();
  });
});
