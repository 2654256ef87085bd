import type { Task } from '../../spec/model.ts';
import type { TaskState } from './records.ts';

/** `skipped`: all of its tasks have settled, none failed, and some were never tried. */
export type MilestoneState = 'waiting' | 'running' | 'succeeded' | 'failed' | 'skipped';

/** A phase of a mission: a barrier that is passed once every task before it has settled. */
export interface Milestone {
  title: string;
  total: number;
  /** Tasks that will not change any more. */
  settled: number;
  state: MilestoneState;
}

const UNSETTLED: readonly TaskState[] = ['waiting', 'running'];

/** The milestones of a graph in the order in which its tasks come; `stateOf` says how a task stands. */
export function milestonesOf(
  tasks: readonly Pick<Task, 'id' | 'milestone'>[],
  stateOf: (task: string) => TaskState,
): Milestone[] {
  return [...Map.groupBy(tasks, ({ milestone }) => milestone)].map(([title, members]) => {
    const states = members.map(({ id }) => stateOf(id));
    const settled = states.filter((state) => !UNSETTLED.includes(state)).length;
    return { title, total: states.length, settled, state: stateOfAll(new Set(states)) };
  });
}

function stateOfAll(states: ReadonlySet<TaskState>): MilestoneState {
  if (states.has('failed')) return 'failed';
  if (states.has('running')) return 'running';
  if (states.has('waiting')) return states.size === 1 ? 'waiting' : 'running';
  return states.has('skipped') || states.has('cancelled') ? 'skipped' : 'succeeded';
}
