import { counted, listed } from '../../../base/text.ts';
import type { TaskState } from '../../../runtime/mission/records.ts';
import { treeRows } from '../view/rows.ts';
import { selectedKey, selectedTask } from '../view/selection.ts';
import { detailLines } from './detail.ts';
import { footLines } from './foot.ts';
import { shownCounts } from './head.ts';
import { helpLines } from './help.ts';
import { type Line, piece } from './line.ts';
import { stateWord } from './marks.ts';
import type { Scene } from './scene.ts';

/** Lines of the detail that are read out. */
const MOST = 12;

/** For screen readers: sentences from top to bottom, no boxes, no signs, and no more than what is selected. */
export function linearLines(scene: Scene): Line[] {
  const { model, view } = scene;
  if (view.help !== undefined) return helpLines();
  const task = selectedTask(model, view);
  const detail = detailLines(model, { ...view, full: true }, task);
  const [notice = []] = footLines(scene);
  const lines = [
    ...sentences(scene).map((text) => [piece(text)]),
    ...detail.slice(-MOST),
    notice,
    [piece(view.dialog === undefined ? 'Arrows select, question mark tells the keys, q leaves.' : 'y for yes, n for no.')],
  ];
  return lines.map((line) => line.map(({ text }) => piece(text))).filter((line) => line.some(({ text }) => text.trim() !== ''));
}

const STATES: readonly TaskState[] = ['running', 'succeeded', 'cached', 'failed', 'waiting', 'skipped', 'cancelled'];

function sentences({ model, view }: Scene): string[] {
  const { mission, tasks } = model;
  const counts = shownCounts(model);
  const parts = STATES.filter((state) => counts[state] > 0).map((state) => `${counts[state]} ${state}`);
  const key = selectedKey(model, view);
  const rows = treeRows(model, view);
  const at = rows.findIndex((row) => row.key === key);
  const row = rows[at];
  const selected =
    row?.task === undefined ? `Milestone ${row?.milestone.title ?? 'none'}` : `Task ${row.task.label}, ${stateWord(row.task)}`;
  return [
    `${mission.title}: mission ${mission.state}, ${counted(tasks.length, 'task')}: ${listed(parts)}.`,
    `${selected}. Row ${at + 1} of ${rows.length}. Pane ${view.pane}.`,
  ];
}
