import type { TaskGraph } from '../../spec/model.ts';
import type { TaskChange } from '../mission/journal.ts';
import type { MissionOptions } from '../mission/run-mission.ts';
import type { CallContext } from './operations.ts';
import type { Workspace } from './workspace.ts';

/** Turns what a mission does into what a face shows, with the count of settled tasks. */
export function progressOf(
  graph: TaskGraph,
  { title, workspace, context }: { title: string; workspace: Workspace; context: CallContext },
): Pick<MissionOptions, 'onStart' | 'onChange'> {
  const total = graph.tasks.length;
  const report = context.onProgress ?? (() => undefined);
  let settled = 0;
  return {
    onStart: ({ mission, resumed }) => report({ type: 'mission', mission, title, total, resumed, workspace: workspace.dir }),
    onChange: ({ task, state, elapsed, reason }: TaskChange) => {
      if (state !== 'running') settled++;
      report({
        type: 'task',
        task: task.id,
        title: task.title,
        kind: task.kind,
        state,
        settled,
        total,
        ...(elapsed === undefined ? {} : { elapsed }),
        ...(reason === undefined ? {} : { reason }),
      });
    },
  };
}
