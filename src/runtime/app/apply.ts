import { userInfo } from 'node:os';

import { NexusError } from '../../base/errors.ts';
import { heapBound } from '../../base/heap-bound.ts';
import { counted } from '../../base/text.ts';
import type { Task, TaskGraph } from '../../spec/model.ts';
import type { BaseCommit } from '../workspace/git/base-commit.ts';
import { findBase } from './base.ts';
import { missionViewOf } from './mission-view-of.ts';
import type { ApplyInput, CallContext, Handler } from './operations.ts';
import { withOwnTicks } from './own-ticks.ts';
import { planView } from './plan.ts';
import { withPrompt } from './read-prompt.ts';
import { orderOf } from './read-order.ts';
import { type AgentSource, openRoster, readAgent, type Roster } from './roster.ts';
import { missionSettings } from './settings.ts';
import { readSpecification, type ReadSpecification, select } from './specification.ts';
import { unchangedMission } from './unchanged.ts';
import { newRequestId, viaWriter } from './via-writer.ts';
import type { MissionView } from './views.ts';
import { openWorkspace } from './workspace.ts';

/** Runs a bundle's mission to its gate. Nothing is written before the specification is known to be sound. */
export const apply: Handler<'apply'> = async (request, context) => {
  const boundHeap = heapBound();
  const { detach = false, ...asked } = request;
  const input = await withPrompt(asked, context);
  const agent = readAgent(input.agent, context);
  const roster = await openRoster(agent);
  missionSettings(input);
  const read = await readSpecification(input, context);
  if (input.locked === true) await (await import('./graph-lock.ts')).refuseDrift(read, input.bundle);
  boundHeap();
  const graph = select(await withOwnTicks(read, { bundle: input.bundle, roster }, context), input);
  // Where the source says that all is settled, there is nothing to run, and the plan says so.
  const idle = !graph.tasks.some(({ ability }) => MAKERS.has(ability));
  const base = idle ? undefined : await findBase(graph, input, context);
  if (base === undefined && input.branch !== undefined) throw noBase();
  if (input.dryRun === true || idle) return planView({ ...read, graph, roster, base }, input, context);
  missionSettings(input, graph);
  refuseUnable(graph, roster);
  const unchanged = await unchangedMission({ graph, roster, base }, input, context);
  if (detach && unchanged === undefined) return (await import('./detach.ts')).detach(input, context);
  const mission = unchanged ?? (await run({ ...read, graph, roster, agent, base }, input, context));
  const { coverage, diagnostics } = read.specification;
  const ticks = input.tick === true ? await (await import('./tick.ts')).tickSource(mission, { ...read, graph }, context) : {};
  return { ...mission, ...ticks, coverage, diagnostics };
};

async function run(
  read: ReadSpecification & { roster: Roster; agent: AgentSource; base: BaseCommit | undefined },
  input: ApplyInput,
  context: CallContext,
): Promise<MissionView> {
  const workspace = openWorkspace(context, input.bundle);
  const { cwd } = context;
  const row = await viaWriter(
    {
      workspace,
      request: { kind: 'apply', input, cwd, workspace: workspace.dir, by: userInfo().username, id: newRequestId() },
      here: async (host) => (await host.run(await orderOf(read, input, host.engine))).mission,
      follow: true,
      jobs: input.jobs,
    },
    context,
  );
  return missionViewOf(row, workspace, context);
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
        'The embedded agent builds contracts, components, integrations and API documents. Agents with a model cannot be plugged in yet; ' +
        '`--agent script:FILE` does what a file says (docs/script-agent.md), and `spec-kit plan` shows the tasks.',
      details: { tasks: unable.slice(0, 20).map(({ id, title }) => ({ id, title })) },
    },
  );
}
