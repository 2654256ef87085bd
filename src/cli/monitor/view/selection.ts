import type { MissionModel } from '../model/mission-model.ts';
import type { MonitorTask } from '../model/monitor-task.ts';
import { panesOf } from './panes.ts';
import { levelsOf, milestoneKey, treeRows } from './rows.ts';
import type { ViewState } from './view-state.ts';

/** The key of the row that is selected: while the view follows, that of the task that was started last, or of the milestone that it is folded into. */
export function selectedKey(model: MissionModel, view: ViewState): string | undefined {
  const follows = view.follow && view.query === '' && view.only === 'all';
  if (!follows || model.latest === undefined) return view.selected;
  const { id, milestone } = model.latest;
  return view.shape === 'tree' && view.folded.has(milestone) ? milestoneKey(milestone) : id;
}

export function selectedTask(model: MissionModel, view: ViewState): MonitorTask | undefined {
  const key = selectedKey(model, view);
  return key === undefined ? undefined : model.task(key);
}

/** A level of the graph, and a place in it. */
export interface GraphPlace {
  column: number;
  row: number;
}

/** Where there is nothing selected. */
export const START: GraphPlace = { column: 0, row: 0 };

export function placeIn(levels: ReturnType<typeof levelsOf>, key: string | undefined): GraphPlace | undefined {
  for (const [column, { tasks }] of levels.entries()) {
    const row = tasks.findIndex(({ id }) => id === key);
    if (row !== -1) return { column, row };
  }
  return undefined;
}

/** Selects what lies `by` rows further. */
export function stepped(model: MissionModel, view: ViewState, by: number): ViewState {
  const key = selectedKey(model, view);
  if (view.shape === 'graph') {
    const levels = levelsOf(model, view);
    const { column, row } = placeIn(levels, key) ?? START;
    const tasks = levels[column]?.tasks ?? [];
    return chosen(view, tasks[bounded(row + by, tasks.length)]?.id);
  }
  const rows = treeRows(model, view);
  const at = rows.findIndex((row) => row.key === key);
  return chosen(view, rows[at === -1 ? 0 : bounded(at + by, rows.length)]?.key);
}

/** Selects what stands beside it in the graph: a task that it needs or that needs it where there is one, else whatever is at the same height. */
export function sideways(model: MissionModel, view: ViewState, by: 1 | -1): ViewState {
  const levels = levelsOf(model, view);
  const { column, row } = placeIn(levels, selectedKey(model, view)) ?? START;
  const here = levels[column]?.tasks[row];
  const there = levels[column + by]?.tasks ?? [];
  const linked = new Set(by === 1 ? here?.neededBy : here?.needs.map(({ task }) => task));
  const next = there.find(({ id }) => linked.has(id)) ?? there[bounded(row, there.length)];
  return next === undefined ? view : chosen(view, next.id);
}

/** The next task behind the selected one, around the end, that is as wanted. */
export function nextTask(model: MissionModel, view: ViewState, is: (task: MonitorTask) => boolean): MonitorTask | undefined {
  const at = model.tasks.findIndex(({ id }) => id === selectedKey(model, view));
  return [...model.tasks.slice(at + 1), ...model.tasks.slice(0, at + 1)].find(is);
}

export function chosen(view: ViewState, key: string | undefined): ViewState {
  return key === undefined ? view : { ...view, selected: key, follow: false, scroll: undefined };
}

/** The view with something selected, if anything is there, and its first row moved as little as needed for that to be seen. */
export function settled(model: MissionModel, view: ViewState): ViewState {
  const key = selectedKey(model, view);
  const { height } = panesOf(view).list;
  if (view.shape === 'graph') {
    const levels = levelsOf(model, view);
    const place = placeIn(levels, key);
    const { column, row } = place ?? START;
    const tasks = levels[column]?.tasks ?? [];
    // One row names the levels.
    return withTop(place === undefined ? selecting(view, tasks[0]?.id) : view, {
      at: row,
      total: tasks.length,
      height: height - 1,
    });
  }
  const rows = treeRows(model, view);
  const found = rows.findIndex((row) => row.key === key);
  const first = rows.findIndex(({ task }) => task !== undefined);
  const at = Math.max(0, found === -1 ? first : found);
  return withTop(found === -1 ? selecting(view, rows[at]?.key) : view, { at, total: rows.length, height });
}

function selecting(view: ViewState, key: string | undefined): ViewState {
  return view.selected === key ? view : { ...view, selected: key, scroll: undefined };
}

function withTop(view: ViewState, { at, total, height }: { at: number; total: number; height: number }): ViewState {
  const seen = Math.max(1, height);
  const lowest = Math.max(0, Math.min(at, total - seen));
  const top = Math.min(Math.max(view.top, at - seen + 1), at, Math.max(lowest, total - seen));
  return top === view.top ? view : { ...view, top: Math.max(0, top) };
}

function bounded(at: number, length: number): number {
  return Math.max(0, Math.min(length - 1, at));
}
