import { counted, grouped } from '../../../base/text.ts';
import type { TaskState } from '../../mission/records.ts';
import type { Report, ReportMilestone } from '../model/report.ts';
import { clipped, coordinate, html, type Markup } from './markup.ts';
import { mark, shapeOf } from './state-mark.ts';

const MOST = 200;

/** The milestones as barriers, one behind the other, each with how far it is. */
export function milestonesSection({ milestones }: Report): Markup {
  const passed = milestones.filter(({ state }) => state === 'succeeded').length;
  const rest = milestones.length - MOST;
  return html`<section id="milestones" aria-labelledby="milestones-h">
    <h2 id="milestones-h">Milestones</h2>
    <p class="lead">
      ${passed} of ${counted(milestones.length, 'barrier')} passed. A barrier is passed when all tasks before it are done.
    </p>
    <ol class="track">
      ${milestones.slice(0, MOST).map(milestone)}
    </ol>
    ${rest > 0 ? html`<p class="more">and ${grouped(rest)} more</p>` : null}
  </section>`;
}

const WORD: Record<ReportMilestone['state'], string> = {
  waiting: 'not begun',
  running: 'under way',
  succeeded: 'passed',
  failed: 'failed',
  skipped: 'not passed',
};

function milestone({ title, state, settled, total, states }: ReportMilestone): Markup {
  return html`<li class="s-${shapeOf(state)}">
    <p class="name">${mark(state)} <b>${clipped(title, 120)}</b></p>
    ${progress(states, total)}
    <p class="count">${grouped(settled)} of ${grouped(total)} · ${WORD[state]}</p>
  </li>`;
}

const ORDER: readonly TaskState[] = ['succeeded', 'cached', 'failed', 'skipped', 'cancelled', 'running'];

function progress(states: ReportMilestone['states'], total: number): Markup {
  let x = 0;
  const parts = ORDER.flatMap((state) => {
    const width = ((states[state] ?? 0) / total) * 100;
    if (width === 0) return [];
    const part = html`<rect class="s-${shapeOf(state)}" x="${coordinate(x)}" width="${coordinate(width)}" height="6" />`;
    x += width;
    return [part];
  });
  const words = ORDER.flatMap((state) => (states[state] === undefined ? [] : [`${states[state]} ${state}`])).join(', ');
  return html`<svg
    class="progress"
    viewBox="0 0 100 6"
    preserveAspectRatio="none"
    role="img"
    aria-label="${words || 'nothing yet'}"
  >
    ${parts}
  </svg>`;
}
