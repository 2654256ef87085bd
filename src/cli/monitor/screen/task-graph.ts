import type { MonitorTask } from '../model/monitor-task.ts';
import type { Area } from '../view/panes.ts';
import { levelsOf } from '../view/rows.ts';
import { placeIn, selectedKey, START } from '../view/selection.ts';
import { fitted, type Line, piece } from './line.ts';
import { stateMark } from './marks.ts';
import type { Scene } from './scene.ts';
import { filled } from './task-list.ts';

/** Columns of one level. */
const WIDTH = 26;

/**
 * The graph by levels, left to right: every task stands to the right of all that it needs. What the selected one needs, and what needs it, is marked. Columns
 * and rows that cannot be seen are not drawn.
 */
export function graphLines(scene: Scene, { width, height }: Area): Line[] {
  const { model, view, marks } = scene;
  const levels = levelsOf(model, view);
  const key = selectedKey(model, view);
  const { column } = placeIn(levels, key) ?? START;
  const seen = Math.max(1, Math.floor(width / WIDTH));
  const first = Math.max(0, Math.min(column - Math.floor(seen / 2), levels.length - seen));
  const shown = levels.slice(first, first + seen);
  if (shown.length === 0) return filled([[piece('  No task is like that.', 'dim')]], { width, height });
  const near = nearTo(key === undefined ? undefined : model.task(key));
  const head = shown.flatMap(({ level, tasks }) => fitted([piece(`  level ${level} (${tasks.length})`, 'bold')], WIDTH));
  const rows = Array.from({ length: Math.max(0, height - 1) }, (_, row) =>
    shown.flatMap(({ tasks }, at) => {
      const task = tasks[row + (first + at === column ? view.top : topOf(tasks, { view, near, height }))];
      return task === undefined ? fitted([], WIDTH) : cell(task, { scene, key, near });
    }),
  );
  const more = first + seen < levels.length ? piece(marks.needed, 'dim') : piece('');
  return filled([[...head, more], ...rows], { width, height });
}

type Near = ReadonlyMap<string, 'needs' | 'needed'>;

function nearTo(task: MonitorTask | undefined): Near {
  if (task === undefined) return new Map();
  return new Map([
    ...task.needs.map(({ task: id }) => [id, 'needs'] as const),
    ...task.neededBy.map((id) => [id, 'needed'] as const),
  ]);
}

/** The other levels are shown from where the first task stands that the selected one has to do with. */
function topOf(
  tasks: readonly MonitorTask[],
  { view, near, height }: { view: Scene['view']; near: Near; height: number },
): number {
  const room = Math.max(1, height - 1);
  const linked = near.size === 0 ? -1 : tasks.findIndex(({ id }) => near.has(id));
  const wanted = linked === -1 ? view.top : linked < room ? 0 : linked - Math.floor(room / 2);
  return Math.max(0, Math.min(wanted, tasks.length - room));
}

function cell(task: MonitorTask, { scene, key, near }: { scene: Scene; key: string | undefined; near: Near }): Line {
  const { marks } = scene;
  const link = near.get(task.id);
  const isSelected = task.id === key;
  const mark = isSelected ? marks.selected : link === undefined ? ' ' : marks[link];
  return [
    ...fitted(
      [
        piece(mark, 'cyan'),
        stateMark(task, marks),
        piece(' '),
        piece(task.label, isSelected ? 'bold' : link === undefined ? undefined : 'cyan'),
      ],
      WIDTH - 1,
    ),
    piece(' '),
  ];
}
