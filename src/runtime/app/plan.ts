import { existsSync } from 'node:fs';

import { foresee, type ForesightOptions } from '../mission/foresight.ts';
import { openContentStore } from '../vault/content-store.ts';
import { logPath, withHistory } from './history.ts';
import type { CallContext, Handler } from './operations.ts';
import { performerOf } from './performers.ts';
import { readSpecification, type ReadSpecification, select } from './specification.ts';
import type { PlannedTask, PlanView } from './views.ts';
import { findWorkspace, workspaceDir } from './workspace.ts';

export const plan: Handler<'plan'> = async (input, context) => {
  const read = readSpecification(input, context);
  return planView({ ...read, graph: select(read.graph, input) }, input, context);
};

/** The graph, and what a mission would do with it now. */
export async function planView(
  { specification, graph }: ReadSpecification,
  { bundle, force = [] }: { bundle: string; force?: string[] },
  context: CallContext,
): Promise<PlanView> {
  const options = { performerOf, force: new Set(force) };
  const foreseen = await withPast({ ...context, workspace: workspaceDir(context, bundle) }, (history) =>
    foresee(graph, { ...options, ...(history === undefined ? {} : { history }) }),
  );
  const tasks = graph.tasks.map((task): PlannedTask => {
    const { cached = false, reason = '' } = foreseen.get(task.id) ?? {};
    const { id, title, kind, optional, milestone, priority, needs, writes, requirements, profile, source } = task;
    const agent = performerOf(task).name;
    const shown = { id, title, kind, optional, milestone, priority, needs, writes, requirements, profile, source };
    return { ...shown, sourceId: task.sourceId ?? id, status: 'todo', agent, cached, reason };
  });
  const cached = tasks.filter((task) => task.cached).length;
  const { id, title, dialect, digest, diagnostics, coverage } = specification;
  return {
    kind: 'Plan',
    specification: { id, title, dialect, digest },
    tasks,
    diagnostics,
    coverage,
    summary: { total: tasks.length, cached, run: tasks.length - cached },
  };
}

/** Calls `use` with the workspace's past, or without one if nothing has been recorded there. */
async function withPast<T>(context: CallContext, use: (history: ForesightOptions['history']) => T): Promise<T> {
  const dir = workspaceDir(context);
  if (!existsSync(dir) || !existsSync(logPath(findWorkspace(context)))) return use(undefined);
  return withHistory(context, ({ log, workspace }) => use({ db: log.db, store: openContentStore(workspace.dir) }));
}
