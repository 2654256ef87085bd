import { panesOf, SMALLEST } from '../view/panes.ts';
import { selectedTask } from '../view/selection.ts';
import { PANES } from '../view/view-state.ts';
import { detailLines, endsInNews } from './detail.ts';
import { footLines } from './foot.ts';
import { graphLines } from './task-graph.ts';
import { headLines, rule } from './head.ts';
import { helpLines } from './help.ts';
import { fitted, type Line, piece } from './line.ts';
import type { Scene } from './scene.ts';
import { filled, listLines } from './task-list.ts';

/** The whole screen: exactly as many lines as it has rows, each exactly as wide. The work depends on what can be seen, and not on how much there is. */
export function layout(scene: Scene): Line[] {
  const { view } = scene;
  const { columns, rows } = view;
  if (columns < SMALLEST.columns || rows < SMALLEST.rows) return tooSmall(scene);
  const foot = footLines(scene);
  if (view.help !== undefined) {
    const all = helpLines();
    const height = rows - foot.length;
    const from = Math.min(view.help, Math.max(0, all.length - height));
    return [...filled(all.slice(from), { width: columns, height }), ...foot];
  }
  const { list, detail, beside } = panesOf(view);
  const below = detailPart(scene, detail);
  if (view.full) return [...below, ...foot];
  const head = headLines(scene);
  const above = view.shape === 'graph' ? graphLines(scene, list) : listLines(scene, list);
  const name = paneName(scene);
  if (!beside) return [...head, ...above, rule(name, { width: columns, marks: scene.marks }), ...below, ...foot];
  const right = [rule(name, { width: detail.width, marks: scene.marks }), ...below];
  const border = piece(` ${scene.marks.down} `, 'dim');
  return [...head, ...above.map((line, at) => [...line, border, ...(right[at] ?? fitted([], detail.width))]), ...foot];
}

/** As much of the detail as fits: its end where it is a log that nobody has scrolled. */
function detailPart({ model, view }: Scene, area: { width: number; height: number }): Line[] {
  const task = selectedTask(model, view);
  const lines = detailLines(model, view, task);
  const end = Math.max(0, lines.length - area.height);
  const from = view.scroll === undefined ? (endsInNews(view, task) ? end : 0) : Math.min(view.scroll, end);
  return filled(lines.slice(from, from + area.height), area);
}

function paneName({ model, view }: Scene): string {
  const task = selectedTask(model, view);
  if (task === undefined) return ' what happened ';
  const names = PANES.map((pane) => (pane === view.pane ? `[${pane}]` : pane)).join(' ');
  const scroll = view.scroll === undefined ? '' : `  line ${view.scroll + 1}`;
  return ` ${view.focus === 'detail' ? '* ' : ''}${task.label}  ${names}${scroll} `;
}

function tooSmall({ view: { columns, rows }, model }: Scene): Line[] {
  const { mission, counts, tasks } = model;
  const text = [
    `${mission.state} ${tasks.length - counts.waiting - counts.running}/${tasks.length}`,
    `needs ${SMALLEST.columns}x${SMALLEST.rows}`,
  ];
  return filled(
    text.map((line) => [piece(line)]),
    { width: columns, height: rows },
  );
}
