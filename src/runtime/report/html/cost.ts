import { counted, grouped } from '../../../base/text.ts';
import { duration } from '../../../base/times.ts';
import type { Report, ReportTask } from '../model/report.ts';
import type { ReportUsage } from '../standing/usage.ts';
import { figure } from './head.ts';
import { clipped, coordinate, html, type Markup } from './markup.ts';

const MOST_LISTED = 10;
/** Of a chain that is longer, the tasks that took most of it. */
const MOST_LINKS = 24;

/** What it took: time, and what agents said they used. */
export function costSection(report: Report): Markup {
  return html`<section id="cost" aria-labelledby="cost-h">
    <h2 id="cost-h">Cost</h2>
    <dl class="figures">${figures(report).map(([name, value, note]) => figure(name, value, note))}</dl>
    <div class="columns">${criticalPath(report)} ${longest(report)}</div>
  </section>`;
}

function figures({ cost, tasks }: Report): [string, string, string][] {
  const { elapsed, active, work, critical, cache, usage } = cost;
  const idle = elapsed - active >= 1000 ? `${duration(elapsed)} from first entry to last` : 'from first entry to last';
  const ratio = active === 0 ? '' : `${(work / active).toFixed(1)} × the wall time`;
  const share = active === 0 ? '' : `${Math.round((critical.elapsed / active) * 100)} % of the wall time`;
  const shared = tasks.some(({ attempts }) => attempts.some((each) => each.shared > 1));
  return [
    ['Wall time', duration(active), idle],
    ['Task time', duration(work), shared ? `${ratio}; shared test runs count once` : ratio],
    ['Critical path', duration(critical.elapsed), share],
    ['Saved by the cache', cache.hits === 0 ? '–' : duration(cache.saved), cacheNote(cache)],
    ...usageFigures(usage),
  ];
}

function cacheNote({ hits, unknown }: Report['cost']['cache']): string {
  if (hits === 0) return 'nothing was cached';
  return `${counted(hits, 'task')} taken over${unknown > 0 ? `, ${grouped(unknown)} of unknown time` : ''}`;
}

function usageFigures(usage: ReportUsage | null): [string, string, string][] {
  if (usage === null) return [];
  const known: [string, number | null, string][] = [
    ['Tokens', usage.tokens, 'of models, in and out'],
    ['Money, US$', usage.money, 'estimated'],
    ['Energy', usage.energy, 'units'],
  ];
  return known.flatMap(([name, value, note]) => (value === null ? [] : [[name, amount(value), note]]));
}

/** Whole numbers with groups, others with what matters of them. */
export function amount(value: number): string {
  return Number.isSafeInteger(value) ? grouped(value) : String(Number(value.toPrecision(4)));
}

function criticalPath({ cost, tasks }: Report): Markup {
  const position = new Map(tasks.map(({ id }, at) => [id, at]));
  const chain = cost.critical.tasks.flatMap((id) => {
    const at = position.get(id);
    const task = at === undefined ? undefined : tasks[at];
    return at === undefined || task === undefined || task.elapsed === 0 ? [] : [{ at, task }];
  });
  const enough = chain
    .map(({ task }) => task.elapsed)
    .toSorted((a, b) => b - a)
    .at(MOST_LINKS - 1);
  const shown = chain.filter(({ task }) => enough === undefined || task.elapsed >= enough).slice(0, MOST_LINKS);
  const left = chain.length - shown.length;
  return html`<div>
    <h3>Critical path</h3>
    <p class="lead">The chain of needs that took longest. More lanes would not make it shorter.</p>
    <ol class="bars">
      ${shown.map(({ at, task }) => timeBar(task, at, cost.critical.elapsed))}
    </ol>
    ${left > 0 ? html`<p class="more">and ${counted(left, 'shorter task')}</p>` : null}
  </div>`;
}

function longest({ tasks }: Report): Markup {
  const ran = [...tasks.entries()].filter(([, { elapsed }]) => elapsed > 0);
  const shown = ran.toSorted(([a, one], [b, two]) => two.elapsed - one.elapsed || a - b).slice(0, MOST_LISTED);
  const most = shown[0]?.[1].elapsed ?? 1;
  return html`<div>
    <h3>Longest tasks</h3>
    <p class="lead">${counted(ran.length, 'task')} ran; the time of each is in the list of tasks.</p>
    <ol class="bars">
      ${shown.map(([at, task]) => timeBar(task, at, most))}
    </ol>
  </div>`;
}

function timeBar({ id, elapsed }: ReportTask, at: number, whole: number): Markup {
  const width = coordinate(Math.max(0.5, (elapsed / Math.max(1, whole)) * 100));
  return html`<li>
    <a href="#t${at}">${clipped(id, 80)}</a><span class="time">${duration(elapsed)}</span>
    <svg viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true"><rect width="${width}" height="3" /></svg>
  </li>`;
}
