import { describe, expect, it } from 'vitest';

import { chromeTrace } from '../../../../src/runtime/report/trace/chrome-trace.ts';
import type { TraceEvent } from '../../../../src/runtime/report/trace/trace-event.ts';
import { largeReport } from '../large-report.ts';

const report = largeReport({ tasks: 60, milestones: 4, text: ' "</script>\u2028' });
const trace = JSON.parse(chromeTrace(report)) as { displayTimeUnit: string; traceEvents: TraceEvent[] };
const events = trace.traceEvents;
const ofPhase = (...phases: TraceEvent['ph'][]): TraceEvent[] => events.filter(({ ph }) => phases.includes(ph));
const endOf = ({ ts = 0, dur = 0 }: TraceEvent): number => ts + dur;

/** Rules of the Trace Event Format, and what Perfetto's importer makes of them. */
describe('chromeTrace', () => {
  it('has on every event what its phase asks for, in whole microseconds', () => {
    expect(trace.displayTimeUnit).toBe('ms');
    for (const event of events) {
      expect(event.name).not.toBe('');
      expect([event.pid, event.tid].every(Number.isSafeInteger)).toBe(true);
      if (event.ph === 'M') continue;
      expect(Number.isSafeInteger(event.ts) && (event.ts ?? -1) >= 0, JSON.stringify(event)).toBe(true);
      expect(event.ph === 'X', JSON.stringify(event)).toBe(event.dur !== undefined);
      if (event.dur !== undefined) expect(Number.isSafeInteger(event.dur) && event.dur >= 0).toBe(true);
      if (['s', 'f', 'b', 'e'].includes(event.ph)) expect([typeof event.id, typeof event.cat]).toEqual(['number', 'string']);
      if (event.ph === 'i') expect(['t', 'p']).toContain(event.s);
    }
  });

  it('is in the order of time', () => {
    const times = events.filter(({ ph }) => ph !== 'M').map(({ ts }) => ts ?? 0);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('names the process and every thread that has events', () => {
    const named = new Set(events.filter(({ name }) => name === 'thread_name').map(({ tid }) => tid));
    expect(events.filter(({ name }) => name === 'process_name')).toHaveLength(1);
    expect(events.filter(({ tid }) => !named.has(tid))).toEqual([]);
  });

  it('has a slice for each attempt, and leaves open what has not ended', () => {
    const attempts = report.tasks.flatMap((task) => task.attempts);
    const slices = ofPhase('X', 'B').filter(({ cat }) => cat === 'work');
    expect(slices).toHaveLength(attempts.length);
    expect(ofPhase('B')).toHaveLength(attempts.filter(({ end }) => end === null).length);
  });

  it('has an instant for each cached task', () => {
    expect(ofPhase('i').filter(({ cat }) => cat?.endsWith(',cached'))).toHaveLength(
      report.tasks.filter(({ cached }) => cached !== null).length,
    );
  });

  it('leads an arrow along every need between tasks that ran, from inside of the slice that met it', () => {
    const starts = new Map(ofPhase('s').map((event) => [event.id, event]));
    const ends = ofPhase('f');
    expect(starts.size).toBe(ends.length);
    expect(starts.size).toBeGreaterThan(10);
    for (const end of ends) {
      const start = starts.get(end.id);
      expect(start?.ts ?? Infinity).toBeLessThanOrEqual(end.ts ?? 0);
      expect([end.bp, end.name, end.cat]).toEqual(['e', start?.name, start?.cat]);
      const around = ofPhase('X').filter((slice) => slice.tid === start?.tid && (slice.ts ?? 0) <= (start?.ts ?? 0));
      expect(around.some((slice) => endOf(slice) > (start?.ts ?? 0))).toBe(true);
    }
  });

  it('begins and ends every milestone', () => {
    const [begins, ends] = [ofPhase('b'), ofPhase('e')];
    expect(new Set(begins.map(({ id }) => id))).toEqual(new Set(ends.map(({ id }) => id)));
    expect(ends).toHaveLength(4);
    expect(begins).toHaveLength(4);
  });

  it('makes the same bytes of the same report', () => {
    expect(chromeTrace(report)).toBe(chromeTrace(structuredClone(report)));
  });
});
