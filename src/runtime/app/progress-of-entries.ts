import type { TaskKind } from '../../spec/model.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { Progress } from './views.ts';

const STATES: Readonly<Record<string, Extract<Progress, { type: 'task' }>['state']>> = {
  'task.started': 'running',
  'task.succeeded': 'succeeded',
  'task.cached': 'cached',
  'task.failed': 'failed',
  'task.skipped': 'skipped',
  'task.cancelled': 'cancelled',
  'task.reopened': 'again',
  'approval.asked': 'waiting',
  'question.asked': 'waiting',
};

const OPEN: ReadonlySet<string> = new Set(['running', 'again', 'waiting']);

/** As much of an entry as its progress follows from. */
export interface ToldEntry {
  kind: string;
  task?: JsonValue | undefined;
  data: JsonObject;
}

/** Tells what a mission does from its entries, given in their order. `where`: the workspace, or the remote. */
export function progressOfEntries(
  { id: mission, title, total, where }: { id: string; title: string; total: number; where: string },
  report: (progress: Progress) => void,
): (entry: ToldEntry) => void {
  const settled = new Set<string>();
  report({ type: 'mission', mission, title, total, resumed: false, workspace: where });
  return ({ kind, task, data }) => {
    const state = STATES[kind];
    if (state === undefined || typeof task !== 'string') return;
    if (OPEN.has(state)) settled.delete(task);
    else settled.add(task);
    const [name, taskKind, asks] = [data['title'], data['taskKind'], data['asks']];
    const reason = typeof asks === 'string' ? `it asks ${asks}` : data['reason'];
    report({
      type: 'task',
      task,
      title: typeof name === 'string' ? name : task,
      kind: (typeof taskKind === 'string' ? taskKind : 'work') as TaskKind,
      state,
      settled: settled.size,
      total,
      ...(typeof reason === 'string' ? { reason } : {}),
    });
  };
}
