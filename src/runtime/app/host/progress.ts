import type { MissionOptions } from '../../mission/run-mission.ts';
import type { TaskChange } from '../../mission/task-change.ts';
import type { CallContext } from '../operations.ts';
import type { Workspace } from '../workspace.ts';

/** Turns what a mission does into what a face shows, with the count of settled tasks. */
export function progressOf(
  size: { total: number } | { tasks: readonly unknown[] },
  { title, workspace, context }: { title: string; workspace: Workspace; context: CallContext },
): Pick<MissionOptions, 'onStart' | 'onChange'> {
  const total = 'total' in size ? size.total : size.tasks.length;
  const report = context.onProgress ?? (() => undefined);
  // A task may be done again after it had settled.
  const settled = new Set<string>();
  return {
    onStart: ({ mission, resumed }) => report({ type: 'mission', mission, title, total, resumed, workspace: workspace.dir }),
    onChange: ({ task, state, elapsed, reason }: TaskChange) => {
      if (OPEN.has(state)) settled.delete(task.id);
      else settled.add(task.id);
      report({
        type: 'task',
        task: task.id,
        title: task.title,
        kind: task.kind,
        state,
        settled: settled.size,
        total,
        ...(elapsed === undefined ? {} : { elapsed }),
        ...(reason === undefined ? {} : { reason }),
      });
    },
  };
}

const OPEN: ReadonlySet<TaskChange['state']> = new Set(['running', 'waiting', 'again']);
