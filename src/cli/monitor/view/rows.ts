import type { MilestoneRow, MissionModel } from '../model/mission-model.ts';
import type { MonitorTask } from '../model/monitor-task.ts';
import type { Only, ViewState } from './view-state.ts';

export type Row = { key: string; milestone: MilestoneRow; task?: undefined } | { key: string; task: MonitorTask };

export const milestoneKey = (title: string): string => `#${title}`;

const IS: Readonly<Record<Only, (task: MonitorTask) => boolean>> = {
  all: () => true,
  running: ({ state }) => state === 'running',
  failed: ({ state }) => state === 'failed',
  asked: ({ state, approval, asking }) => asking || (state === 'waiting' && approval === 'asked'),
  waiting: ({ state }) => state === 'waiting',
  done: ({ state }) => state !== 'waiting' && state !== 'running',
};

/** Whether a task is among those asked for. */
function shows({ query, only }: Pick<ViewState, 'query' | 'only'>): (task: MonitorTask) => boolean {
  const sought = query.toLowerCase();
  const is = IS[only];
  return (task) => is(task) && (sought === '' || task.searched.includes(sought));
}

/** Milestones with their tasks, from top to bottom. What is folded shows its tasks where somebody searches for them. */
export function treeRows(model: MissionModel, view: Pick<ViewState, 'query' | 'only' | 'folded'>): Row[] {
  const shown = shows(view);
  const sought = view.query !== '' || view.only !== 'all';
  const rows: Row[] = [];
  for (const milestone of model.milestones) {
    const at = rows.length;
    rows.push({ key: milestoneKey(milestone.title), milestone });
    if (sought || !view.folded.has(milestone.title)) {
      for (const task of milestone.tasks) if (shown(task)) rows.push({ key: task.id, task });
    }
    if (sought && rows.length === at + 1) rows.pop();
  }
  return rows;
}

/** Tasks by level: none needs another of its own level. */
export function levelsOf(
  model: MissionModel,
  view: Pick<ViewState, 'query' | 'only'>,
): { level: number; tasks: MonitorTask[] }[] {
  const shown = shows(view);
  const levels: { level: number; tasks: MonitorTask[] }[] = [];
  for (const task of model.tasks) {
    if (shown(task)) (levels[task.level] ??= { level: task.level, tasks: [] }).tasks.push(task);
  }
  return levels.filter((level) => level !== undefined);
}
