import { counted } from '../../../base/text.ts';
import { duration } from '../../../base/times.ts';
import type { Report, ReportAttempt, ReportMilestone, ReportTask } from '../model/report.ts';
import { runningCounts } from '../model/running-counts.ts';
import { clipped, coordinate, html, type Markup } from './markup.ts';
import { shapeOf } from './state-mark.ts';
import { type TimeScale, timeScale } from './time-scale.ts';

/** A mission with more tasks is drawn by lanes, without a row for each task. */
const MOST_ROWS = 120;
const MOST_LANES = 64;
const MOST_BARS = 2500;

const LABEL = 236;
const PLOT = 744;
const WIDTH = LABEL + PLOT + 20;
const ROW = 20;
const LOAD = 54;
const AXIS = 26;

/** When what ran, how much at once, and what was taken from the cache. */
export function timelineSection(report: Report): Markup {
  const scale = timeScale(report.runs);
  const rows = report.tasks.length <= MOST_ROWS ? taskRows(report, scale) : laneRows(report, scale);
  const height = AXIS + LOAD + 8 + rows.height + 6;
  return html`<section id="timeline" aria-labelledby="timeline-h">
    <h2 id="timeline-h">Timeline</h2>
    <p class="lead">${summary(report)}</p>
    <div class="scroll" tabindex="0" role="group" aria-label="Drawing of the timeline">
      <svg
        class="timeline"
        role="img"
        aria-label="Timeline; the list of tasks has the same times"
        viewBox="0 0 ${WIDTH} ${height}"
      >
        ${axis(scale, height)} ${load(report, scale)}
        <g transform="translate(0 ${AXIS + LOAD + 8})">${rows.drawn}</g>
      </svg>
    </div>
    ${legend()}
  </section>`;
}

function summary({ tasks, runs, cost }: Report): string {
  const most = runningCounts(tasks.flatMap(({ attempts }) => attempts)).reduce((high, { count }) => Math.max(high, count), 0);
  const lanes = tasks.reduce((high, { attempts }) => attempts.reduce((lane, each) => Math.max(lane, each.lane), high), 0);
  const again = runs.length === 2 ? 'once' : counted(runs.length - 1, 'time');
  const stops = runs.length > 1 ? ` It was taken up again ${again}; the time between is left out, and marked.` : '';
  if (most === 0) return `Nothing had to run.${stops}`;
  return `${duration(cost.active)} of work, at most ${counted(most, 'task')} at once, in ${counted(lanes, 'lane')}.${stops}`;
}

function legend(): Markup {
  const entry = (state: string, word: string): Markup =>
    html`<li class="s-${state}"><svg class="swatch" viewBox="0 0 22 10" aria-hidden="true">${sample(state)}</svg>${word}</li>`;
  return html`<ul class="legend" aria-label="Legend of the timeline">
    ${entry('succeeded', 'succeeded')} ${entry('failed', 'failed')} ${entry('interrupted', 'interrupted')}
    ${entry('running', 'still running')} ${entry('cached', 'taken from the cache')} ${entry('skipped', 'skipped')}
  </ul>`;
}

function sample(state: string): Markup {
  if (state === 'cached' || state === 'skipped') return html`<g transform="translate(11 5)">${dot(state)}</g>`;
  return html`<rect
      class="bar b-${state}"
      width="22"
      height="10"
      rx="2.5"
    />${state === 'failed' ? html`<path class="cross" d="M8 2l6 6m0-6-6 6" />` : null}`;
}

const xOf = (scale: TimeScale, time: number): number => LABEL + scale.at(time) * PLOT;

function axis(scale: TimeScale, height: number): Markup {
  const ticks = scale.ticks.map(({ at, time }) => {
    const x = coordinate(LABEL + at * PLOT);
    return html`<path class="grid" d="M${x} ${AXIS - 6}V${height}" /><text class="tick" x="${x}" y="12"
        >${tickLabel(time)}</text
      >`;
  });
  const breaks = scale.breaks.map(({ at, gap }) => {
    const x = coordinate(LABEL + at * PLOT);
    return html`<g class="break"><path d="M${x} ${AXIS - 8}V${height}" /><title>Nothing ran for ${duration(gap)}</title></g>`;
  });
  return html`<g>${ticks}${breaks}</g>`;
}

function tickLabel(time: number): string {
  if (time === 0) return '0';
  if (time < 1000) return `${time}ms`;
  return time < 60_000 ? `${time / 1000}s` : duration(time).replace(/00s$/, '');
}

/** How many tasks ran at once, as a stepped area. */
function load({ tasks, asOf }: Report, scale: TimeScale): Markup {
  const counts = runningCounts(tasks.flatMap(({ attempts }) => attempts));
  const most = counts.reduce((high, { count }) => Math.max(high, count), 1);
  const floor = AXIS + LOAD;
  const steps = thinned(counts, scale).map(
    ({ time, count }) => `H${coordinate(xOf(scale, time))}V${coordinate(floor - (count / most) * (LOAD - 8))}`,
  );
  const end = coordinate(xOf(scale, asOf.time));
  return html`<g class="load">
    <text class="label" x="${LABEL - 12}" y="${AXIS + 15}">at once, up to ${most}</text>
    <path d="M${LABEL} ${floor}${steps.join('')}H${end}V${floor}z" />
    <path class="floor" d="M${LABEL} ${floor}H${LABEL + PLOT}" />
  </g>`;
}

/** Of the changes within half a unit of the drawing the highest is enough. */
function thinned(counts: readonly { time: number; count: number }[], scale: TimeScale): { time: number; count: number }[] {
  const kept: { time: number; count: number; slot: number }[] = [];
  for (const { time, count } of counts) {
    const slot = Math.floor(scale.at(time) * PLOT * 2);
    const last = kept.at(-1);
    if (last?.slot !== slot) kept.push({ time, count, slot });
    else if (count >= last.count || time > last.time) Object.assign(last, { count: Math.max(count, last.count) });
  }
  return kept;
}

interface Rows {
  drawn: Markup[];
  height: number;
}

/** A row for each task, by milestone; a milestone's own row spans its tasks and ends where its barrier is passed. */
function taskRows({ tasks, milestones, asOf }: Report, scale: TimeScale): Rows {
  const members = Map.groupBy([...tasks.entries()], ([, task]) => task.milestone);
  const drawn: Markup[] = [];
  let y = 0;
  for (const milestone of milestones) {
    drawn.push(milestoneRow(milestone, y, scale));
    y += ROW + 4;
    for (const [at, task] of byStart(members.get(milestone.title) ?? [])) {
      drawn.push(taskRow(task, { at, y, now: asOf.time, scale }));
      y += ROW;
    }
    y += 8;
  }
  return { drawn, height: y };
}

function byStart(tasks: readonly (readonly [number, ReportTask])[]): (readonly [number, ReportTask])[] {
  const startOf = ([, { attempts, settled }]: readonly [number, ReportTask]): number =>
    attempts[0]?.start ?? settled ?? Number.MAX_SAFE_INTEGER;
  return tasks.toSorted((a, b) => startOf(a) - startOf(b) || a[0] - b[0]);
}

function milestoneRow({ title, state, settled, total, start, end }: ReportMilestone, y: number, scale: TimeScale): Markup {
  const span = (from: number, to: number): Markup => {
    const [x1, x2] = [coordinate(xOf(scale, from)), coordinate(xOf(scale, to))];
    return html`<path class="span" d="M${x1} ${y + 8}v6m0-3H${x2}m0-5v10" />`;
  };
  return html`<g class="phase s-${shapeOf(state)}">
    <svg x="2" y="${y + 5}" width="12" height="12"><use href="#m-${shapeOf(state)}" /></svg>
    <text x="20" y="${y + 15}"
      >${clipped(title, 26)}<title>${clipped(title, 300)}: ${state}, ${settled} of ${total} settled</title></text
    >
    ${start === null || end === null ? null : span(start, end)}
  </g>`;
}

function taskRow(task: ReportTask, { at, y, now, scale }: { at: number; y: number; now: number; scale: TimeScale }): Markup {
  const { id, state, attempts, settled } = task;
  const marked = settled !== null && attempts.length === 0;
  return html`<g transform="translate(0 ${y})">
    <a href="#t${at}"
      ><text class="label task" x="${LABEL - 12}" y="14"
        >${clipped(id, 32)}<title>${clipped(`${id}: ${task.title} (${state})`, 400)}</title></text
      ></a
    >
    ${attempts.map((attempt) => bar(attempt, { task, y: 4, now, scale }))}
    ${marked ? html`<g class="s-${shapeOf(state)}" transform="translate(${coordinate(xOf(scale, settled))} 10)">${dot(state)}<title>${clipped(id, 200)}: ${state}</title></g>` : null}
  </g>`;
}

interface BarPlace {
  task: ReportTask;
  y: number;
  now: number;
  scale: TimeScale;
}

function bar(attempt: ReportAttempt, { task, y, now, scale }: BarPlace): Markup {
  const { start, end, outcome, number, lane } = attempt;
  const x = xOf(scale, start);
  const width = Math.max(2.5, xOf(scale, end ?? now) - x);
  const time = duration((end ?? now) - start);
  const about = `${task.id}, attempt ${number}: ${outcome} after ${time}, lane ${lane}${attempt.shared > 1 ? `, one run for ${attempt.shared} checks` : ''}`;
  const inside = width >= 10;
  const middle = inside ? x + width / 2 : x + width + 6;
  const cross = html`<path class="${inside ? 'cross' : 'cross beside'}" d="M${coordinate(middle - 3)} ${y + 3}l6 6m0-6-6 6" />`;
  return html`<g class="s-${outcome}">
    <rect class="bar b-${outcome}" x="${coordinate(x)}" y="${y}" width="${coordinate(width)}" height="12" rx="2.5" />
    ${outcome === 'failed' ? cross : null}
    <title>${clipped(about, 400)}</title>
  </g>`;
}

function dot(state: string): Markup {
  return state === 'cached' ? html`<path class="dot" d="M0-5 5 0 0 5-5 0z" />` : html`<path class="dash" d="M-5 0H5" />`;
}

/** A row for each lane. Where there are too many bars, the longest are drawn. */
function laneRows({ tasks, asOf }: Report, scale: TimeScale): Rows {
  const now = asOf.time;
  const all = tasks.flatMap((task) => task.attempts.map((attempt) => ({ task, attempt })));
  const lengthOf = ({ attempt }: (typeof all)[number]): number => (attempt.end ?? now) - attempt.start;
  const shown = all
    .filter(({ attempt }) => attempt.lane <= MOST_LANES)
    .toSorted((a, b) => lengthOf(b) - lengthOf(a) || a.attempt.entries.start - b.attempt.entries.start)
    .slice(0, MOST_BARS)
    .toSorted((a, b) => a.attempt.entries.start - b.attempt.entries.start);
  const lanes = shown.reduce((most, { attempt }) => Math.max(most, attempt.lane), 0);
  const left = all.length - shown.length;
  const note = html`<text class="label" x="${LABEL + PLOT}" y="${lanes * ROW + 14}"
    >and ${counted(left, 'shorter attempt')}</text
  >`;
  return {
    drawn: [
      ...Array.from(
        { length: lanes },
        (_, at) => html`<text class="label" x="${LABEL - 12}" y="${at * ROW + 14}">lane ${at + 1}</text>`,
      ),
      ...shown.map(({ task, attempt }) => bar(attempt, { task, y: (attempt.lane - 1) * ROW + 4, now, scale })),
      ...(left > 0 ? [note] : []),
    ],
    height: (lanes + (left > 0 ? 1 : 0)) * ROW,
  };
}
