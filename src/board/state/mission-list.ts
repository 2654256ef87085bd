import type { Report } from '../../runtime/report/model/report.ts';
import type { MissionListView, StatusView } from '../../runtime/app/views.ts';
import type { BoardEvent } from './board-event.ts';
import { countsOf } from './mission-model.ts';
import { stateAfter } from './task-change.ts';

export type MissionItem = MissionListView['items'][number];

/** An open mission: how its tasks stand, and who is waited for. */
export interface OpenMission {
  /** The last position that it knows of. */
  states: ReadonlyMap<string, Report['tasks'][number]['state']>;
  titles: ReadonlyMap<string, string>;
  approvals: StatusView['approvals'];
}

export function openMission(status: StatusView): OpenMission {
  const states = new Map(status.items.map(({ id, state }) => [id, state]));
  const titles = new Map(status.items.map(({ id, title }) => [id, title]));
  return { states, titles, approvals: status.approvals };
}

export function countsIn({ states }: OpenMission): Report['counts'] {
  return countsOf([...states.values()].map((state) => ({ state })));
}

/** An open mission after these events; what they say is said of its tasks only. */
export function openAfter(open: OpenMission, events: readonly BoardEvent[]): OpenMission {
  const states = new Map(open.states);
  for (const { kind, task } of events) {
    const state = stateAfter(kind);
    if (task !== null && state !== undefined && states.has(task)) states.set(task, state);
  }
  return { ...open, states };
}

/** Missions that are to be read anew after these events, and whether the list is. */
export function staleAfter(events: readonly BoardEvent[]): { list: boolean; missions: Set<string> } {
  const missions = new Set<string>();
  let list = false;
  for (const { kind, mission } of events) {
    if (mission === null) continue;
    if (/^(?:mission|word)\./.test(kind)) list = true;
    if (/^(?:mission|word|approval)\./.test(kind)) missions.add(mission);
  }
  return { list, missions };
}

/** Open: something can still happen to it by itself, or by a person who is waited for. */
export function isOpen({ state }: Pick<MissionItem, 'state'>): boolean {
  return state === 'running' || state === 'waiting' || state === 'planned';
}

export const FILTERS = ['all', 'open', 'waiting', 'failed', 'succeeded'] as const;
export type Filter = (typeof FILTERS)[number];

export function matches(item: MissionItem, { filter, text }: { filter: Filter; text: string }): boolean {
  const isOf = filter === 'all' || (filter === 'open' ? isOpen(item) : item.state === filter);
  const wanted = text.trim().toLowerCase();
  const { title, id } = item.specification;
  return isOf && (wanted === '' || [title, id, item.id].some((each) => each.toLowerCase().includes(wanted)));
}
