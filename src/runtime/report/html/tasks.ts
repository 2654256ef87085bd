import { counted, grouped } from '../../../base/text.ts';
import { duration } from '../../../base/times.ts';
import type { Need } from '../../../spec/model.ts';
import type { Report, ReportMilestone, ReportTask } from '../model/report.ts';
import type { ReportUsage } from '../standing/usage.ts';
import { amount } from './cost.ts';
import { clipped, fitting, html, type Markup } from './markup.ts';
import { mark, stateBadge } from './state-mark.ts';

const MOST = 2500;
const CHARACTERS = 2_000_000;
const MOST_MILESTONES = 400;
/** Lists with more rows are closed at first. */
const OPEN = 150;
const MOST_NEEDS = 6;

type Placed = readonly [at: number, task: ReportTask];

/** Every task, by milestone: what it was, when it ran, what it needed and why. */
export function tasksSection({ tasks, milestones, cost }: Report): Markup {
  const members = Map.groupBy([...tasks.entries()], ([, task]) => task.milestone);
  const room = { most: MOST, characters: CHARACTERS };
  const groups = milestones.slice(0, MOST_MILESTONES).map((milestone, at) => {
    const placed = members.get(milestone.title) ?? [];
    const { shown, omitted } = fitting(placed, (each) => taskRow(each, cost.usage), room);
    room.most -= shown.length;
    room.characters -= shown.reduce((sum, { text }) => sum + text.length, 0);
    return group(milestone, { at, rows: shown, omitted, open: tasks.length <= OPEN, usage: cost.usage });
  });
  const left = milestones.length - groups.length;
  return html`<section id="tasks" aria-labelledby="tasks-h">
    <h2 id="tasks-h">Tasks</h2>
    <p class="filter" hidden>
      <label>Show tasks with <input type="search" data-filter="#tasks tbody tr" placeholder="a word or a state" /></label>
    </p>
    ${groups} ${left > 0 ? html`<p class="more">and ${counted(left, 'more milestone')}</p>` : null}
  </section>`;
}

interface Group {
  at: number;
  rows: Markup[];
  omitted: number;
  open: boolean;
  usage: ReportUsage | null;
}

function group({ title, state, settled, total }: ReportMilestone, { at, rows, omitted, open, usage }: Group): Markup {
  const heads = columns(usage).map((name) => html`<th scope="col" class="n">${name}</th>`);
  const table = html`<div class="scroll">
    <table class="tasks">
      <thead>
        <tr>
          <th scope="col">State</th>
          <th scope="col">Task</th>
          <th scope="col" class="n">Time</th>
          ${heads}
          <th scope="col">Needs</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
  const body = html`<summary>
      ${mark(state)} <b>${clipped(title, 200)}</b> <span>${grouped(settled)} of ${grouped(total)} settled</span>
    </summary>
    ${rows.length > 0 ? table : null}
    ${omitted > 0 ? html`<p class="more">${counted(omitted, 'task')} not shown; <code>spec-kit status</code> lists all</p>` : null}`;
  return open ? html`<details id="s${at}" open>${body}</details>` : html`<details id="s${at}">${body}</details>`;
}

/** Only what some agent has reported has a column. */
function columns(usage: ReportUsage | null): string[] {
  const { tokens = null, money = null, energy = null } = usage ?? {};
  return [tokens === null ? '' : 'Tokens', money === null ? '' : 'US$', energy === null ? '' : 'Energy'].filter(
    (name) => name !== '',
  );
}

function taskRow([at, task]: Placed, total: ReportUsage | null): Markup {
  const { id, title, state, reason, kind, attempts, elapsed, requirements } = task;
  const used = [
    [total?.tokens, task.usage?.tokens],
    [total?.money, task.usage?.money],
    [total?.energy, task.usage?.energy],
  ].filter(([sum]) => typeof sum === 'number');
  return html`<tr id="t${at}">
    <td>${stateBadge(state)}</td>
    <td>
      <code>${clipped(id, 160)}</code><br />${clipped(title, 200)}
      <small>${kind}${note(task)}</small>
      ${reason === null ? null : html`<br /><small class="reason">${clipped(reason, 300)}</small>`}
      ${requirements.length === 0 ? null : html`<br /><small>covers ${clipped(requirements.slice(0, 8).join(', '), 240)}</small>`}
    </td>
    <td class="n">${attempts.length === 0 ? '–' : duration(elapsed)}</td>
    ${used.map(([, value]) => html`<td class="n">${typeof value === 'number' ? amount(value) : '–'}</td>`)}
    <td>${needsOf(task.needs)}</td>
  </tr>`;
}

function note({ attempts, cached, optional, priority }: ReportTask): string {
  const [only] = attempts;
  return [
    `, ${priority}`,
    optional ? ', optional' : '',
    attempts.length > 1 ? `, ${attempts.length} attempts` : '',
    only !== undefined && only.shared > 1 ? `, one run for ${only.shared} checks` : '',
    cached === null
      ? ''
      : `, taken from mission ${clipped(cached.origin, 40)}${cached.saved === null ? '' : `, where it took ${duration(cached.saved)}`}`,
  ].join('');
}

function needsOf(needs: readonly Need[]): Markup | string {
  if (needs.length === 0) return '–';
  const left = needs.length - MOST_NEEDS;
  return html`<ul class="needs">
    ${needs.slice(0, MOST_NEEDS).map(({ task, because }) => html`<li><code>${clipped(task, 100)}</code> <small>${clipped(because, 140)}</small></li>`)}
    ${left > 0 ? html`<li><small>and ${grouped(left)} more</small></li>` : null}
  </ul>`;
}
