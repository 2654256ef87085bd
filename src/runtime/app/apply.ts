import { systemClock } from '../../base/clock.ts';
import { NexusError } from '../../base/errors.ts';
import { heapBound } from '../../base/heap-bound.ts';
import { systemIds } from '../../base/ids.ts';
import { counted } from '../../base/text.ts';
import type { Task, TaskGraph } from '../../spec/model.ts';
import { publishProduct } from '../mission/publish-product.ts';
import { runMission } from '../mission/run-mission.ts';
import { defaultJobs, openEngine } from './engine.ts';
import { missionView } from './missions.ts';
import type { ApplyInput, CallContext, Handler } from './operations.ts';
import { withOwnTicks } from './own-ticks.ts';
import { planView } from './plan.ts';
import { progressOf } from './progress.ts';
import { openRoster, type Roster } from './roster.ts';
import { readSpecification, select, type ReadSpecification } from './specification.ts';
import { unchangedMission } from './unchanged.ts';
import type { MissionView } from './views.ts';

/** Runs a bundle's mission to its gate. Nothing is written before the specification is known to be sound. */
export const apply: Handler<'apply'> = async (input, context) => {
  const boundHeap = heapBound();
  const roster = await openRoster(input.agent, context);
  const read = await readSpecification(input, context);
  if (input.locked === true) await (await import('./graph-lock.ts')).refuseDrift(read, input.bundle);
  boundHeap();
  const graph = select(await withOwnTicks(read, { bundle: input.bundle, roster }, context), input);
  if (input.dryRun === true) return planView({ ...read, graph, roster }, input, context);
  refuseUnable(graph, roster);
  const mission =
    (await unchangedMission({ graph, roster }, input, context)) ?? (await run({ ...read, graph, roster }, input, context));
  const { coverage, diagnostics } = read.specification;
  const ticks = input.tick === true ? await (await import('./tick.ts')).tickSource(mission, { ...read, graph }, context) : {};
  return { ...mission, ...ticks, coverage, diagnostics };
};

async function run(
  { specification, graph, origin, roster }: ReadSpecification & { roster: Roster },
  input: ApplyInput,
  context: CallContext,
): Promise<MissionView> {
  const jobs = input.jobs ?? defaultJobs();
  const engine = await openEngine(context, { bundle: input.bundle, specification, jobs, roster });
  const { workspace, log, store } = engine;
  try {
    const end = await runMission(specification, graph, {
      ...engine,
      clock: systemClock,
      ids: systemIds(systemClock),
      performerOf: roster.performerOf,
      jobs,
      force: new Set(input.force),
      priority: 'P1',
      originatingSpec: origin,
      drain: context.drain ?? new AbortController().signal,
      stop: context.stop ?? new AbortController().signal,
      ...progressOf(graph, { title: specification.title, workspace, context }),
    });
    const { gate } = end.mission;
    if (end.product !== undefined && gate === 'pass') publishProduct(end.product, workspace.build(specification.id), store);
    const view = missionView(end.mission, { log, workspace });
    if (gate !== null) context.onProgress?.({ type: 'gate', result: gate, reasons: view.gate.reasons });
    return view;
  } finally {
    engine.close();
  }
}

/** Abilities of tasks that make something; checks and gates only judge. */
const MAKERS: ReadonlySet<Task['ability']> = new Set(['contract-compiler', 'model']);

/** Where no agent here can do anything, the mission does not start. Where some tasks can be done, the others fail and say why. */
function refuseUnable({ tasks }: TaskGraph, { canDo }: Roster): void {
  const unable = tasks.filter((task) => !canDo(task));
  if (unable.length === 0 || tasks.some((task) => MAKERS.has(task.ability) && canDo(task))) return;
  throw new NexusError(
    'AGENT_UNAVAILABLE',
    `${counted(unable.length, 'task')}: each needs an agent with a model, and none is available here.`,
    {
      hint:
        'The embedded agent builds contracts, components, integrations and API documents. Agents with a model cannot be plugged in yet; ' +
        '`--agent script:FILE` does what a file says (docs/script-agent.md), and `spec-kit plan` shows the tasks.',
      details: { tasks: unable.slice(0, 20).map(({ id, title }) => ({ id, title })) },
    },
  );
}
