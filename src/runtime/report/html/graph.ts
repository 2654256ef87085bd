import { counted } from '../../../base/text.ts';
import { duration } from '../../../base/times.ts';
import type { Report, ReportMilestone, ReportTask } from '../model/report.ts';
import { type GraphLayout, layOutGraph, type NodeSize, type Place } from './graph-layout.ts';
import { impliedNeeds } from './implied-needs.ts';
import { clipped, coordinate, html, type Markup } from './markup.ts';
import { shapeOf } from './state-mark.ts';

/** A larger graph is drawn by its milestones. */
const MOST_NODES = 120;
const MOST_MILESTONES = 80;
const MOST_EDGES = 1200;

const SIZE: NodeSize = { width: 204, height: 42, columnGap: 48, rowGap: 12, groupGap: 24 };
/** Above the nodes: the names of the milestones. */
const HEAD = 44;
const MARGIN = 14;

interface Node {
  label: string;
  note: string;
  title: string;
  state: string;
  href: string;
  group: number;
  needs: { at: number; because: string }[];
}

/** The task graph as a drawing; one that is too large to be read, as a graph of its milestones. */
export function graphSection(report: Report): Markup {
  const { tasks, milestones } = report;
  const byTask = tasks.length <= MOST_NODES;
  const nodes = byTask ? taskNodes(report) : milestoneNodes(report);
  const needs = tasks.reduce((sum, task) => sum + task.needs.length, 0);
  const what = `${counted(tasks.length, 'task')} in ${counted(milestones.length, 'milestone')}, ${counted(needs, 'need')}`;
  const how = byTask
    ? 'An arrow leads from what is needed to what waits for it; its reason shows when you point at it. Dotted arrows follow from others.'
    : 'The graph is too large to be drawn task by task: it shows milestones, and how many needs lead from one to the next.';
  return html`<section id="graph" aria-labelledby="graph-h">
    <h2 id="graph-h">Task graph</h2>
    <p class="lead">${what}. ${how}</p>
    <div class="scroll wide" tabindex="0" role="group" aria-label="Drawing of the task graph">
      ${drawing(nodes, byTask ? milestones.map(({ title, state }) => ({ title, state })) : [])}
    </div>
  </section>`;
}

function taskNodes({ tasks, milestones }: Report): Node[] {
  const position = new Map(tasks.map(({ id }, at) => [id, at]));
  const groups = new Map(milestones.map(({ title }, at) => [title, at]));
  return tasks.map((task, at) => ({
    label: task.id,
    note: noteOf(task),
    title: `${task.id}: ${task.title} (${task.state})`,
    state: task.state,
    href: `#t${at}`,
    group: groups.get(task.milestone) ?? 0,
    needs: task.needs.flatMap(({ task: need, because }) => {
      const from = position.get(need);
      return from === undefined ? [] : [{ at: from, because: `${task.id} needs ${need}: ${because}` }];
    }),
  }));
}

function noteOf({ state, elapsed, attempts }: ReportTask): string {
  const tries = attempts.length > 1 ? `, ${attempts.length} attempts` : '';
  return attempts.length === 0 ? state : `${state}, ${duration(elapsed)}${tries}`;
}

function milestoneNodes({ tasks, milestones }: Report): Node[] {
  const shown = milestones.slice(0, MOST_MILESTONES);
  const position = new Map(shown.map(({ title }, at) => [title, at]));
  const home = new Map(tasks.map(({ id, milestone }) => [id, position.get(milestone)]));
  const needs = shown.map(() => new Map<number, number>());
  for (const task of tasks) {
    const to = home.get(task.id);
    for (const need of task.needs) {
      const from = home.get(need.task);
      if (to === undefined || from === undefined || from === to) continue;
      needs[to]?.set(from, (needs[to].get(from) ?? 0) + 1);
    }
  }
  return shown.map((milestone, at) => milestoneNode(milestone, at, needs[at] ?? new Map()));
}

function milestoneNode(milestone: ReportMilestone, at: number, needs: ReadonlyMap<number, number>): Node {
  const { title, state, settled, total } = milestone;
  return {
    label: title,
    note: `${settled} of ${total} settled`,
    title: `${title}: ${state}, ${settled} of ${total} tasks settled`,
    state,
    href: `#s${at}`,
    group: 0,
    needs: [...needs].map(([from, count]) => ({ at: from, because: counted(count, 'need') })),
  };
}

function drawing(nodes: readonly Node[], heads: readonly { title: string; state: string }[]): Markup {
  const layout = layOutGraph(
    nodes.map(({ group, needs }) => ({ group, needs: needs.map(({ at }) => at) })),
    SIZE,
  );
  const top = heads.length === 0 ? MARGIN : HEAD;
  const width = layout.width + 2 * MARGIN;
  const height = layout.height + top + MARGIN;
  return html`<svg
    class="graph"
    role="group"
    aria-label="Task graph"
    width="${coordinate(width)}"
    height="${coordinate(height)}"
    viewBox="${coordinate(-MARGIN)} ${coordinate(-top)} ${coordinate(width)} ${coordinate(height)}"
  >
    <defs>
      <marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
        <path d="M0 .8 7.2 4 0 7.2z" />
      </marker>
    </defs>
    ${bands(layout, heads)} ${edges(nodes, layout)}
    ${nodes.map((node, at) => drawnNode(node, at, layout.places[at] ?? { x: 0, y: 0 }))}
  </svg>`;
}

/** Milestones as barriers: a band for each, and a double line where the next one begins. */
function bands(layout: GraphLayout, heads: readonly { title: string; state: string }[]): Markup[] {
  if (heads.length === 0) return [];
  return layout.groups.map(({ group, x, width }, at) => {
    const { title, state } = heads[group] ?? { title: '', state: 'waiting' };
    const line = coordinate(x - (SIZE.columnGap + SIZE.groupGap) / 2);
    const room = Math.floor((width - 22) / 7.4);
    const barrier = html`<path class="barrier" d="M${line} ${12 - HEAD}V${coordinate(layout.height)}" />`;
    return html`<g class="band s-${shapeOf(state)}">
      ${at === 0 ? null : barrier}
      <svg x="${coordinate(x)}" y="${12 - HEAD}" width="14" height="14"><use href="#m-${shapeOf(state)}" /></svg>
      <text x="${coordinate(x + 20)}" y="${24 - HEAD}"
        >${clipped(title, room)}<title>${clipped(title, 300)}: ${state}</title></text
      >
    </g>`;
  });
}

function edges(nodes: readonly Node[], { places }: GraphLayout): Markup[] {
  const implied = impliedNeeds(nodes.map(({ needs }) => needs.map(({ at }) => at)));
  const drawn: Markup[] = [];
  for (const [to, { needs }] of nodes.entries()) {
    for (const { at: from, because } of needs) {
      const [start, end] = [places[from], places[to]];
      if (start === undefined || end === undefined || drawn.length === MOST_EDGES) continue;
      const follows = implied[to]?.has(from) === true ? ' implied' : '';
      drawn.push(
        html`<g class="edge${follows}" data-f="${from}" data-t="${to}">
          <path d="${curve(start, end)}" marker-end="url(#tip)" />
          <title>${clipped(because, 300)}</title>
        </g>`,
      );
    }
  }
  return drawn;
}

function curve(from: Place, to: Place): string {
  const [x1, y1] = [from.x + SIZE.width, from.y + SIZE.height / 2];
  const [x2, y2] = [to.x - 2, to.y + SIZE.height / 2];
  const bend = Math.max(26, Math.min(90, (x2 - x1) / 2));
  const c = coordinate;
  return `M${c(x1)} ${c(y1)}C${c(x1 + bend)} ${c(y1)} ${c(x2 - bend)} ${c(y2)} ${c(x2)} ${c(y2)}`;
}

function drawnNode({ label, note, title, state, href }: Node, at: number, { x, y }: Place): Markup {
  const shape = shapeOf(state);
  return html`<a class="node s-${shape}" href="${href}" data-n="${at}">
    <title>${clipped(title, 400)}</title>
    <rect x="${coordinate(x)}" y="${coordinate(y)}" width="${SIZE.width}" height="${SIZE.height}" rx="7" />
    <svg x="${coordinate(x + 9)}" y="${coordinate(y + 13)}" width="16" height="16"><use href="#m-${shape}" /></svg>
    <text class="id" x="${coordinate(x + 33)}" y="${coordinate(y + 18)}">${clipped(label, 24)}</text>
    <text class="note" x="${coordinate(x + 33)}" y="${coordinate(y + 32)}">${clipped(note, 28)}</text>
  </a>`;
}
