import { PRODUCT_VERSION } from '../../../base/version.ts';
import type { Report, ReportTask } from '../model/report.ts';
import { runningCounts } from '../model/running-counts.ts';
import { flowEvents } from './flow-events.ts';
import { cachedEvents, sliceEvents } from './task-events.ts';
import { TRACE_HEAD } from './trace-head.ts';
import { CACHE_TID, FIRST_LANE, micros, MISSION_TID, PID, type TraceEvent } from './trace-event.ts';

/**
 * The timeline in the Trace Event Format (JSON object format), which Perfetto and chrome://tracing open: a slice for each attempt, an instant for
 * each cached task, a flow along each need between two that ran. One event a line.
 */
export function chromeTrace(report: Report): string {
  const { mission } = report;
  const facts = JSON.stringify({ mission: mission.id, startedAt: mission.startedAt }).slice(1);
  const events = [...metadata(report), ...timed(report)].map((event) => JSON.stringify(event));
  return `${TRACE_HEAD} ${PRODUCT_VERSION}",${facts},"traceEvents":[\n${events.join(',\n')}\n]}\n`;
}

/** In order of time; those of one time in the order in which they are made. */
function timed(report: Report): TraceEvent[] {
  const { tasks } = report;
  const events = [
    ...missionEvents(report),
    ...milestoneEvents(report),
    ...sliceEvents(tasks),
    ...cachedEvents(tasks),
    ...flowEvents(tasks),
    ...countEvents(tasks),
  ];
  return events.toSorted((a, b) => (a.ts ?? 0) - (b.ts ?? 0));
}

function metadata({ mission, tasks }: Report): TraceEvent[] {
  const lanes = tasks.reduce((most, { attempts }) => attempts.reduce((high, { lane }) => Math.max(high, lane), most), 0);
  const named = (tid: number, name: string): TraceEvent[] => [
    { name: 'thread_name', ph: 'M', pid: PID, tid, args: { name } },
    { name: 'thread_sort_index', ph: 'M', pid: PID, tid, args: { sort_index: tid } },
  ];
  return [
    { name: 'process_name', ph: 'M', pid: PID, tid: MISSION_TID, args: { name: `${mission.specification.title} ${mission.id}` } },
    ...named(MISSION_TID, 'mission'),
    ...named(CACHE_TID, 'cache'),
    ...Array.from({ length: lanes }, (_, at) => named(FIRST_LANE + at, `lane ${at + 1}`)).flat(),
  ];
}

function missionEvents({ mission, runs, gate, asOf }: Report): TraceEvent[] {
  const place = { pid: PID, tid: MISSION_TID };
  const slices = runs.map(({ start, end, ended }, at): TraceEvent => {
    const name = `run ${at + 1}`;
    return { name, cat: 'mission', ph: 'X', ts: micros(start), dur: micros(end - start), ...place, args: { ended } };
  });
  const args = { result: gate.result, reasons: gate.reasons, state: mission.state };
  const decision: TraceEvent = {
    name: `gate ${gate.result}`,
    cat: 'gate',
    ph: 'i',
    s: 'p',
    ts: micros(gate.time ?? asOf.time),
    ...place,
    args,
  };
  return gate.result === 'pending' ? slices : [...slices, decision];
}

/** Milestones overlap, and so are asynchronous events: each has a track of its own. */
function milestoneEvents({ milestones }: Report): TraceEvent[] {
  return milestones.flatMap(({ title, total, settled, state, start, end }, id): TraceEvent[] => {
    if (start === null || end === null) return [];
    const common = { name: title, cat: 'milestone', id, pid: PID, tid: MISSION_TID };
    return [
      { ...common, ph: 'b', ts: micros(start), args: { total, settled, state } },
      { ...common, ph: 'e', ts: micros(end) },
    ];
  });
}

function countEvents(tasks: readonly ReportTask[]): TraceEvent[] {
  const attempts = tasks.flatMap((task) => task.attempts);
  return runningCounts(attempts).map(({ time, count }) => ({
    name: 'running',
    ph: 'C',
    ts: micros(time),
    pid: PID,
    tid: MISSION_TID,
    args: { tasks: count },
  }));
}
