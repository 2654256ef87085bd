import type { MissionListView, StatusView } from '../../runtime/app/views.ts';
import type { Report } from '../../runtime/report/model/report.ts';
import { countsOf } from '../../runtime/report/standing/counts.ts';
import { MissionCourse } from '../../runtime/report/standing/mission-course.ts';
import type { Standing } from '../../runtime/report/standing/standing.ts';
import type { BoardEvent } from './board-event.ts';
import { type Approval, approvalsOf } from './mission-model.ts';
import { standingAt } from './standing-at.ts';

export type MissionItem = MissionListView['items'][number];

/** An open mission: how its tasks stand, and who is waited for. */
export interface OpenMission {
  standing: Standing;
  /** Tasks, of which only those that have stirred are in `standing`. */
  total: number;
  titles: ReadonlyMap<string, string>;
  approvals: readonly Approval[];
}

export function openMission(status: StatusView): OpenMission {
  const titles = new Map(status.items.map(({ id, title }) => [id, title]));
  return { standing: standingAt(status), total: status.tasks.total, titles, approvals: status.approvals };
}

export function countsIn({ standing, total }: OpenMission): Report['counts'] {
  const counts = countsOf(standing.tasks.values());
  return { ...counts, total, waiting: counts.waiting + total - counts.total };
}

export function openAfter(open: OpenMission, events: readonly BoardEvent[]): OpenMission {
  const course = new MissionCourse(open.standing);
  for (const event of events) course.add(event);
  return { ...open, standing: course, approvals: approvalsOf(course) };
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
