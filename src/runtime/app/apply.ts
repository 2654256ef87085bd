import { userInfo } from 'node:os';

import { NexusError } from '../../base/errors.ts';
import { heapBound } from '../../base/heap-bound.ts';
import { counted } from '../../base/text.ts';
import type { Task, TaskGraph } from '../../spec/model.ts';
import { findMission, type MissionRow } from '../mission/queries.ts';
import type { Host, Order } from './host.ts';
import { findBase } from './base.ts';
import { missionViewOf } from './mission-view-of.ts';
import type { ApplyInput, CallContext, Handler } from './operations.ts';
import { policyDocument, refuseProfiles } from './mission-policy.ts';
import { missionTerms } from './mission-terms.ts';
import { withOwnTicks } from './own-ticks.ts';
import { planView } from './plan.ts';
import { withPrompt } from './read-prompt.ts';
import { orderOf, type Readied } from './read-order.ts';
import { refuseUnusable } from './agents/refuse-unusable.ts';
import { readAgent, type Roster } from './roster.ts';
import { missionSettings } from './settings.ts';
import { readSpecification, select } from './specification.ts';
import { unchangedMission } from './unchanged.ts';
import { newRequestId, viaWriter } from './via-writer.ts';
import type { MissionView } from './views.ts';
import { openWorkspace, workspaceDir } from './workspace.ts';

/** Runs a bundle's mission to its gate. Nothing is written before the specification is known to be sound. */
export const apply: Handler<'apply'> = async (request, context) => {
  const boundHeap = heapBound();
  const { detach = false, policy: said, ...asked } = request;
  const prompted = { ...(await withPrompt(asked, context)), ...(said && { policy: await policyDocument(said, context) }) };
  const { input, finish } = await withReplay(prompted, context);
  const agent = await readAgent(input, context);
  missionSettings(input);
  const read = await readSpecification(input, context);
  const terms = await missionTerms(input, { agent, read }, context);
  const { roster, policy, release } = terms;
  if (input.locked === true) await (await import('./graph-lock.ts')).refuseDrift(read, input.bundle);
  boundHeap();
  const graph = select(await withOwnTicks(read, { bundle: input.bundle, base: input.base, roster }, context), input);
  // Where the source says that all is settled, there is nothing to run, and the plan says so.
  const idle = !graph.tasks.some(({ ability }) => MAKERS.has(ability));
  const base = idle ? undefined : await findBase(graph, input, context);
  if (base === undefined && input.branch !== undefined) throw noBase();
  if (input.dryRun === true || idle) return planView({ ...read, graph, roster, base }, input, context);
  missionSettings(input, graph);
  refuseUnable(graph, roster);
  refuseProfiles(graph, policy);
  const unchanged = await unchangedMission({ graph, roster, base, release }, input, context);
  if (unchanged === undefined) await refuseUnusable(agent, context, { dir: workspaceDir(context, input.bundle), policy });
  if (detach && unchanged === undefined) return (await import('./detach.ts')).detach(input, context);
  const origin = context.origin ?? read.origin;
  const mission = unchanged ?? (await run({ ...read, ...terms, origin, graph, base }, input, context));
  finish?.(mission);
  const { coverage, diagnostics } = read.specification;
  const ticks = input.tick === true ? await (await import('./tick.ts')).tickSource(mission, { ...read, graph }, context) : {};
  return { ...mission, ...ticks, coverage, diagnostics };
};

/** With `--replay`, the input by which that mission is run again, and what is to be said in the end. */
async function withReplay(
  input: ApplyInput,
  context: CallContext,
): Promise<{ input: ApplyInput; finish?: (mission: MissionView) => void }> {
  const { replay } = input;
  if (replay === undefined) return { input };
  if (input.agent !== undefined) {
    throw new NexusError('USAGE', '`--replay` takes the agent of the mission that is run again; leave `--agent` out.');
  }
  const { readReplay, compareReplay } = await import('./agents/replay-source.ts');
  const { recorded, input: again } = await readReplay({ ...input, replay }, context);
  return {
    input: again,
    finish({ state, head }) {
      if (state === 'succeeded') context.onNotice?.(compareReplay(recorded, head));
    },
  };
}

async function run(read: Readied, input: ApplyInput, context: CallContext): Promise<MissionView> {
  const workspace = openWorkspace(context, input.bundle);
  const { cwd } = context;
  const row = await viaWriter(
    {
      workspace,
      request: { kind: 'apply', input, cwd, workspace: workspace.dir, by: context.by ?? userInfo().username, id: newRequestId() },
      here: async (host) => {
        const order = await orderOf(read, input, host.engine);
        return context.beginOnly === true ? begin(host, order, context) : (await host.run(order)).mission;
      },
      follow: true,
      jobs: input.jobs,
    },
    context,
  );
  return missionViewOf(row, workspace, context);
}

/** Starts a mission beside others, or joins the one that does just this. */
async function begin(host: Host, order: Order, { cwd }: CallContext): Promise<MissionRow> {
  const joined = order.force.length === 0 ? host.running(order) : undefined;
  const mission = joined ?? (await host.begin((onStart) => host.run(order, { cwd }, onStart)));
  return findMission(host.engine.log.db, mission);
}

function noBase(): NexusError {
  return new NexusError('USAGE', 'There is no commit that a branch could follow: this mission starts from nothing.', {
    hint: 'Leave --branch out. `spec-kit plan BUNDLE` says what a mission starts from.',
  });
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
        'The embedded agent builds contracts, components, integrations and API documents. `--agent NAME` gives the rest to an agent with a model ' +
        '(`spec-kit agents list` shows which can be used here), `--agent script:FILE` does what a file says, and `spec-kit plan` shows the tasks.',
      details: { tasks: unable.slice(0, 20).map(({ id, title }) => ({ id, title })) },
    },
  );
}
