import { existsSync } from 'node:fs';

import { workTask } from '../../../spec/graph/element-tasks.ts';
import type { Task, WorkElement } from '../../../spec/model.ts';
import { requirementCoverage } from '../../../spec/requirement-coverage.ts';
import { isSettled } from '../../../spec/work/marks.ts';
import { foresee, type ForesightOptions } from '../../mission/foresight.ts';
import { openContentStore } from '../../vault/content-store.ts';
import type { BaseCommit } from '../../workspace/git/base-commit.ts';
import { readAgent } from '../agents/read-agent.ts';
import { hire } from '../host/hire.ts';
import { logPath, withHistory } from '../host/history.ts';
import type { Roster } from '../host/roster.ts';
import { qaTerms } from '../judging/qa-terms.ts';
import { readServices } from '../ledger/signing-settings.ts';
import type { CallContext, Handler } from '../operations.ts';
import { policyFor } from '../policies/mission-policy.ts';
import { openSource } from '../source/open-source.ts';
import { withOwnTicks } from '../source/own-ticks.ts';
import { readSpecification, type ReadSpecification, select } from '../source/specification.ts';
import type { PlannedTask, PlanView } from '../views.ts';
import { findWorkspace, workspaceDir } from '../workspace.ts';
import { findBase } from './base-commit.ts';
import { localOf } from './mission-terms.ts';

export const plan: Handler<'plan'> = async (input, context) => {
  const source = await openSource(input, context);
  const local = { ...context, config: localOf(source.config) };
  const agent = await readAgent(input, local);
  const qa = await qaTerms({ bundle: input.bundle }, local);
  const services = await readServices({}, local);
  const policy = await policyFor(input, source.config, context);
  const read = await readSpecification(input, source, context);
  const roster = await hire({ agent, policy, qa, services }, workspaceDir(context, input.bundle));
  const { lock = false, locked = false } = input;
  const { acceptGraph, refuseDrift } = lock || locked ? await import('../source/graph-lock.ts') : {};
  if (locked) await refuseDrift?.(read, input.bundle);
  const graph = select(await withOwnTicks(read, { bundle: input.bundle, base: input.base, roster }, local), input);
  const base = await findBase(graph, input, local);
  const view = await planView({ ...read, graph, roster, base }, input, context);
  return lock && acceptGraph !== undefined ? { ...view, lock: await acceptGraph(read, input.bundle) } : view;
};

/** The graph, and what a mission would do with it now; tasks that the source says are settled come first, and are not run. */
export async function planView(
  { specification, graph, roster, base }: Planned,
  { bundle, only = [], force = [] }: { bundle: string; only?: string[]; force?: string[] },
  context: CallContext,
): Promise<PlanView> {
  const { performerOf, canDo } = roster;
  const options = { performerOf, force: new Set(force), base: base?.key };
  const foreseen = await withPast({ ...context, workspace: workspaceDir(context, bundle) }, (history) =>
    foresee(graph, { ...options, ...(history === undefined ? {} : { history }) }),
  );
  const { id, title, dialect, digest, diagnostics, coverage, elements } = specification;
  const work = new Map(elements.flatMap((element) => (element.kind === 'work' ? [[element.id, element] as const] : [])));
  const asked = new Set(graph.tasks.map((task) => task.id));
  const isPast = (element: WorkElement): boolean => isSettled(element.status) && !asked.has(element.id);
  const settled = only.length > 0 ? [] : [...work.values()].filter(isPast).map(settledTask);
  const tasks = graph.tasks.map((task): PlannedTask => {
    const { cached = false, reason = '' } = foreseen.get(task.id) ?? {};
    const able = canDo(task);
    const who = { agent: able ? performerOf(task).name : NOBODY, able };
    const element = work.get(task.id);
    return { ...shownTask(task), needs: allNeeds(task, element), status: element?.status ?? 'todo', ...who, cached, reason };
  });
  const cached = tasks.filter((task) => task.cached).length;
  return {
    kind: 'Plan',
    specification: { id, title, dialect, digest },
    tasks: [...settled, ...tasks],
    diagnostics,
    coverage,
    summary: { total: settled.length + tasks.length, cached, run: tasks.length - cached, done: settled.length },
    requirements: requirementCoverage(elements),
    base: base === undefined ? null : shownBase(base),
  };
}

/** Who a task is for that nobody here can do. */
const NOBODY = 'model';

type Planned = Pick<ReadSpecification, 'specification' | 'graph'> & { roster: Roster; base: BaseCommit | undefined };

/** Names of what agents do not see; more are counted. */
const MOST_LEFT_OUT = 20;

function shownBase({ commit, uri, files, leftOut }: BaseCommit): PlanView['base'] {
  return { commit, uri, files: files.length, leftOut: leftOut.length, notSeen: leftOut.slice(0, MOST_LEFT_OUT) };
}

/** What the task waits for, and what the source says it waited for: needs that are settled are facts, and hold nothing up. */
function allNeeds(task: Task, element: WorkElement | undefined): PlannedTask['needs'] {
  const known = new Set(task.needs.map((need) => need.task));
  const met = (element?.needs ?? []).filter((need) => !known.has(need.task));
  return [...task.needs, ...met.map(({ task: id, kind, because }) => ({ task: id, kind, because }))];
}

function shownTask({
  ability: _ability,
  fragment: _fragment,
  ...task
}: Task): Omit<PlannedTask, 'status' | 'agent' | 'able' | 'cached' | 'reason'> {
  return { ...task, sourceId: task.sourceId ?? task.id };
}

/** A task that is ticked, or called off, in the source. */
function settledTask(work: WorkElement): PlannedTask {
  const task = workTask({ ...work, needs: [] }, { before: new Set(), inPackage: false });
  const reason = work.status === 'done' ? 'done, says the source' : 'cancelled, says the source';
  const needs = work.needs.map(({ task: id, kind, because }) => ({ task: id, kind, because }));
  return { ...shownTask(task), needs, status: work.status, agent: 'none', able: true, cached: false, reason };
}

/** Calls `use` with the workspace's past, or without one if nothing has been recorded there. */
async function withPast<T>(context: CallContext, use: (history: ForesightOptions['history']) => T): Promise<T> {
  const dir = workspaceDir(context);
  if (!existsSync(dir) || !existsSync(logPath(findWorkspace(context)))) return use(undefined);
  return withHistory(context, ({ log, workspace }) => use({ log, store: openContentStore(workspace.dir) }));
}
