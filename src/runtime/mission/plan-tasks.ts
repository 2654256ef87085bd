import type { Task, TaskGraph } from '../../spec/model.ts';
import type { PlanTask } from './plan-event.ts';
import type { Approval, MissionSettings } from './settings.ts';

/** Pools: agents, one task a slot; and checks, a batch of tasks a slot, since they share one run of the tools. */
export const WORK_POOL = 'work';
export const QA_POOL = 'qa';

/** How often an agent that may do better the next time is tried. */
const ATTEMPTS = 3;

const PRIORITY = { P0: 0, P1: 1, P2: 2, P3: 3, P4: 4 } as const;

interface PlanTasksOptions {
  /** What tasks build on beside their needs, by position. */
  onto?: ReadonlyMap<number, readonly number[]>;
  /** Whose slots a task takes that is neither check nor gate; those of this process where it is none of them. */
  poolOf?: ((task: Task) => string | undefined) | undefined;
}

/** The graph as the scheduler sees it. */
export function planTasks(
  { tasks }: TaskGraph,
  { budget, approvals = [] }: MissionSettings,
  { onto = new Map(), poolOf }: PlanTasksOptions = {},
): PlanTask[] {
  const positions = new Map(tasks.map(({ id }, index) => [id, index]));
  const needsOf = (task: Task): number[] =>
    task.needs.map((need) => {
      const position = positions.get(need.task);
      if (position === undefined) throw new RangeError(`${task.id} needs ${need.task}, which is not in the graph`);
      return position;
    });
  return tasks.map((task, index): PlanTask => ({
    needs: [...needsOf(task), ...(onto.get(index) ?? [])],
    pool: task.ability === 'qa' ? QA_POOL : (poolOf?.(task) ?? WORK_POOL),
    priority: PRIORITY[task.priority],
    // The compiler, checks and gates do the same each time.
    attempts: task.ability === 'model' ? (budget?.task?.attempts ?? ATTEMPTS) : 1,
    approval: approvalFor(task, approvals) !== undefined,
  }));
}

export function approvalFor(task: Task, approvals: readonly Approval[]): Approval | undefined {
  return approvals.find(
    (approval) => approval.task === task.id || approval.task === task.sourceId || approval.task === task.kind,
  );
}
