import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { systemClock } from '../../base/clock.ts';
import { NexusError } from '../../base/errors.ts';
import { systemIds } from '../../base/ids.ts';
import { counted, listed } from '../../base/text.ts';
import type { Task, TaskGraph } from '../../spec/model.ts';
import { publishProduct } from '../mission/publish-product.ts';
import { runMission } from '../mission/run-mission.ts';
import { defaultJobs, openEngine } from './engine.ts';
import { missionView } from './missions.ts';
import type { ApplyInput, CallContext, Handler } from './operations.ts';
import { performerOf } from './performers.ts';
import { planView } from './plan.ts';
import { progressOf } from './progress.ts';
import { readSpecification, select, type ReadSpecification } from './specification.ts';
import { unchangedMission } from './unchanged.ts';
import type { MissionView } from './views.ts';

/** Runs a bundle's mission to its gate. Nothing is written before the specification is known to be sound. */
export const apply: Handler<'apply'> = async (input, context) => {
  const read = readSpecification(input, context);
  const graph = select(read.graph, input);
  if (input.dryRun === true) return planView({ ...read, graph }, input, context);
  refuseUnable(graph);
  const mission = (await unchangedMission(graph, input, context)) ?? (await run({ ...read, graph }, input, context));
  const { coverage, diagnostics } = read.specification;
  return { ...mission, coverage, diagnostics };
};

async function run({ specification, graph }: ReadSpecification, input: ApplyInput, context: CallContext): Promise<MissionView> {
  const jobs = input.jobs ?? defaultJobs();
  const engine = await openEngine(context, { bundle: input.bundle, specification, jobs });
  const { workspace, log, store } = engine;
  try {
    const end = await runMission(specification, graph, {
      ...engine,
      clock: systemClock,
      ids: systemIds(systemClock),
      performerOf,
      jobs,
      force: new Set(input.force),
      priority: 'P1',
      originatingSpec: pathToFileURL(resolve(context.cwd, input.bundle)).href,
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

/** A task that no agent here can do is never pretended done: the mission does not start. */
function refuseUnable(graph: TaskGraph): void {
  const unable = graph.tasks.filter((task) => task.ability === 'model');
  if (unable.length === 0) return;
  throw new NexusError(
    'AGENT_UNAVAILABLE',
    `${counted(unable.length, 'task')} need a model-driven agent, and none is available here.`,
    {
      hint:
        'The embedded agent builds contracts, components and integrations only. Model-driven agents are not built yet; ' +
        'use --only to run the other tasks.',
      details: { tasks: unable.slice(0, 20).map(label) },
    },
  );
}

const label = (task: Task): string => listed([task.id, task.title]);
