import { duration } from '../../../base/times.ts';
import { displayWidth } from '../../table.ts';
import type { MilestoneRow } from '../model/mission-model.ts';
import type { MonitorTask } from '../model/monitor-task.ts';
import type { Area } from '../view/panes.ts';
import { treeRows } from '../view/rows.ts';
import { selectedKey } from '../view/selection.ts';
import { clock, countPieces } from './head.ts';
import { fitted, type Line, piece } from './line.ts';
import { stateMark } from './marks.ts';
import type { Scene } from './scene.ts';

/** The rows of the tree that can be seen, and blank ones below them. */
export function listLines(scene: Scene, { width, height }: Area): Line[] {
  const { model, view } = scene;
  const rows = treeRows(model, view).slice(view.top, view.top + height);
  const key = selectedKey(model, view);
  if (rows.length === 0) return filled([[piece('  No task is like that.', 'dim')]], { width, height });
  const lines = rows.map((row) => {
    const isSelected = row.key === key;
    const mark = piece(isSelected ? `${scene.marks.selected} ` : '  ', 'cyan');
    return [
      mark,
      ...(row.task === undefined ? milestoneLine(row.milestone, scene) : taskLine(row.task, { scene, width, isSelected })),
    ];
  });
  return filled(lines, { width, height });
}

export function filled(lines: readonly Line[], { width, height }: Area): Line[] {
  return Array.from({ length: Math.max(0, height) }, (_, at) => fitted(lines[at] ?? [], width));
}

function milestoneLine({ title, counts }: MilestoneRow, { marks, view }: Scene): Line {
  const isClosed = view.folded.has(title) && view.query === '' && view.only === 'all';
  return [
    piece(`${isClosed ? marks.closed : marks.open} ${title === '' ? 'tasks' : title}  `, 'bold'),
    ...countPieces(counts, marks),
  ];
}

/** Columns of the time; the id takes what the title leaves, and at least half. */
const TIME = 8;

function taskLine(task: MonitorTask, { scene, width, isSelected }: { scene: Scene; width: number; isSelected: boolean }): Line {
  const room = width - 6 - TIME - 2;
  const wide = Math.max(8, Math.min(Math.max(24, Math.floor(room * 0.5)), room));
  const title = task.title === task.label ? '' : task.title;
  return [
    piece('  '),
    stateMark(task, scene.marks),
    piece(' '),
    ...fitted([piece(task.label, isSelected ? 'bold' : undefined)], wide),
    piece(` ${timeOf(task, scene.now).padStart(TIME)} `, 'dim'),
    piece(` ${title}`, 'dim'),
  ];
}

function timeOf({ state, startedAt, finishedAt, attempt }: MonitorTask, now: number): string {
  if (startedAt === undefined || state === 'waiting') return '';
  const again = attempt > 1 ? `${attempt}x ` : '';
  const time = state === 'running' ? clock(now - startedAt) : finishedAt === undefined ? '' : duration(finishedAt - startedAt);
  return displayWidth(again + time) > TIME ? time : again + time;
}
