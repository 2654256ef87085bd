import type { JSX } from 'preact';

import { counted } from '../../../base/text.ts';
import { duration } from '../../../base/times.ts';
import { shapeOf } from '../../../runtime/report/html/state-mark.ts';
import { type TimeScale, timeScale } from '../../../runtime/report/html/time-scale.ts';
import type { Report, ReportTask } from '../../../runtime/report/model/report.ts';
import { runningCounts } from '../../../runtime/report/model/running-counts.ts';
import type { MissionModel } from '../../state/mission-model.ts';
import { useNow } from '../shell/desk.ts';
import { Link } from '../parts/parts.tsx';
import type { MissionPlace } from '../shell/route.ts';
import { shownText } from '../parts/shown-text.ts';
import { Bar, LABEL, PLOT, ROW, rounded, xOf } from './timeline-bar.tsx';
import { Lanes } from './timeline-lanes.tsx';

/** A mission with more tasks is drawn by lanes. */
const MOST_ROWS = 120;
const MOST_LANES = 64;
const AXIS = 26;
const LOAD = 54;

/** When what ran, and how much at once. */
export function TimelineTab({ model, place }: { model: MissionModel; place: MissionPlace }): JSX.Element {
  const report = useMovingReport(model.report);
  const { tasks, runs } = report;
  const scale = timeScale(runs);
  const rows = tasks.length <= MOST_ROWS ? tasks.filter(({ attempts }) => attempts.length > 0).toSorted(byStart) : [];
  const lanes = tasks.length <= MOST_ROWS ? 0 : lanesIn(tasks);
  const height = AXIS + LOAD + 10 + (rows.length + lanes) * ROW + 8;
  const most = runningCounts(tasks.flatMap(({ attempts }) => attempts)).reduce((high, { count }) => Math.max(high, count), 0);
  return (
    <>
      <p class="lead">
        {most === 0 ? 'Nothing has run yet.' : `${duration(scale.length)} of work, at most ${counted(most, 'task')} at once. `}
        {runs.length > 1 ? 'It was taken up again; the time between is left out, and marked. ' : ''}
        <Link to={{ ...place, tab: 'tasks' }}>The same times as a list</Link>
      </p>
      <div class="sheet drawing" tabIndex={0} role="group" aria-label="Drawing of the timeline">
        <svg
          class="timeline"
          role="img"
          aria-label="Timeline; the list of tasks has the same times"
          viewBox={`0 0 ${LABEL + PLOT + 20} ${height}`}
        >
          <Axis scale={scale} height={height} />
          <Load report={report} scale={scale} most={Math.max(1, most)} />
          <g transform={`translate(0 ${AXIS + LOAD + 10})`}>
            {rows.map((task, at) => (
              <Row key={task.id} task={task} y={at * ROW} now={report.asOf.time} scale={scale} place={place} />
            ))}
            {lanes === 0 ? null : <Lanes report={report} scale={scale} lanes={lanes} />}
          </g>
        </svg>
      </div>
      <Legend />
    </>
  );
}

/** A running mission's time goes on between entries. */
function useMovingReport(report: Report): Report {
  const runs = report.mission.state === 'running' && report.counts.running > 0;
  const now = useNow(1000, runs);
  if (!runs) return report;
  const time = Math.max(report.asOf.time, now - Date.parse(report.mission.startedAt));
  const open = report.runs.map((run) => (run.ended === 'running' ? { ...run, end: time } : run));
  return { ...report, runs: open, asOf: { ...report.asOf, time } };
}

function byStart(a: ReportTask, b: ReportTask): number {
  return (a.attempts[0]?.start ?? 0) - (b.attempts[0]?.start ?? 0);
}

function lanesIn(tasks: readonly ReportTask[]): number {
  const most = tasks.reduce((high, { attempts }) => attempts.reduce((lane, each) => Math.max(lane, each.lane), high), 0);
  return Math.min(most, MOST_LANES);
}

function Axis({ scale, height }: { scale: TimeScale; height: number }): JSX.Element {
  return (
    <g>
      {scale.ticks.map(({ at, time }) => (
        <g key={time}>
          <path class="grid" d={`M${LABEL + at * PLOT} ${AXIS - 6}V${height}`} />
          <text class="tick" x={LABEL + at * PLOT} y="12">
            {time === 0
              ? '0'
              : time < 1000
                ? `${time}ms`
                : time < 60_000
                  ? `${time / 1000}s`
                  : duration(time).replace(/00s$/, '')}
          </text>
        </g>
      ))}
      {scale.breaks.map(({ at, gap }) => (
        <g key={at} class="break">
          <path d={`M${LABEL + at * PLOT} ${AXIS - 8}V${height}`} />
          <title>Nothing ran for {duration(gap)}</title>
        </g>
      ))}
    </g>
  );
}

/** How many tasks ran at once, as a stepped area. */
function Load({ report, scale, most }: { report: Report; scale: TimeScale; most: number }): JSX.Element {
  const floor = AXIS + LOAD;
  const counts = runningCounts(report.tasks.flatMap(({ attempts }) => attempts));
  const steps = thinned(counts, scale).map(
    ({ time, count }) => `H${rounded(xOf(scale, time))}V${rounded(floor - (count / most) * (LOAD - 8))}`,
  );
  return (
    <g class="load">
      <text class="label" x={LABEL - 12} y={AXIS + 15}>
        at once, up to {most}
      </text>
      <path d={`M${LABEL} ${floor}${steps.join('')}H${rounded(xOf(scale, report.asOf.time))}V${floor}z`} />
      <path class="floor" d={`M${LABEL} ${floor}H${LABEL + PLOT}`} />
    </g>
  );
}

/** Of the changes within half a unit of the drawing the highest is enough. */
function thinned(counts: readonly { time: number; count: number }[], scale: TimeScale): { time: number; count: number }[] {
  const bySlot = new Map<number, { time: number; count: number }>();
  for (const each of counts) {
    const slot = Math.floor(scale.at(each.time) * PLOT * 2);
    const known = bySlot.get(slot);
    if (known === undefined || each.count >= known.count) bySlot.set(slot, each);
  }
  return [...bySlot.values()];
}

interface RowProps {
  task: ReportTask;
  y: number;
  now: number;
  scale: TimeScale;
  place: MissionPlace;
}

function Row({ task, y, now, scale, place }: RowProps): JSX.Element {
  return (
    <g transform={`translate(0 ${y})`}>
      <text class="label task" x={LABEL - 12} y="14">
        {shownText(task.id, 32)}
        <title>
          {shownText(`${task.id}: ${task.title}`)} ({task.state})
        </title>
      </text>
      {task.attempts.map((attempt) => (
        <Bar key={attempt.number} task={task.id} attempt={attempt} y={4} now={now} scale={scale} />
      ))}
      {place.task === task.id ? <path class="here" d={`M${LABEL - 8} 2v16`} /> : null}
    </g>
  );
}

function Legend(): JSX.Element {
  return (
    <ul class="legend" aria-label="Legend of the timeline">
      {['succeeded', 'failed', 'interrupted', 'running'].map((outcome) => (
        <li key={outcome} class={`s-${shapeOf(outcome)}`}>
          <svg class="swatch" viewBox="0 0 22 10" aria-hidden="true">
            <rect class={`bar b-${outcome}`} width="22" height="10" rx="2.5" />
            {outcome === 'failed' ? <path class="cross" d="M8 2l6 6m0-6-6 6" /> : null}
          </svg>
          {outcome}
        </li>
      ))}
    </ul>
  );
}
