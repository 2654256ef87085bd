import { userInfo } from 'node:os';

import { NexusError } from '../../../base/errors.ts';
import { heapBound } from '../../../base/heap-bound.ts';
import { counted, listed } from '../../../base/text.ts';
import type { Task, TaskGraph } from '../../../spec/model.ts';
import { findMission, type MissionRow } from '../../mission/queries.ts';
import type { Reading } from '../../mission/records.ts';
import { refuseProfiles } from '../../policy/mission-policy.ts';
import { refuseUnusable } from '../agents/refuse-unusable.ts';
import { hire } from '../host/hire.ts';
import type { Host, Order } from '../host/host.ts';
import { orderOf, type Readied } from '../host/read-order.ts';
import type { Roster } from '../host/roster.ts';
import { newRequestId, viaWriter } from '../host/via-writer.ts';
import { missionViewOf } from '../inspect/mission-view-of.ts';
import type { ApplyInput, CallContext } from '../operations.ts';
import { missionSettings } from '../settings.ts';
import type { Source } from '../source/open-source.ts';
import { withOwnTicks } from '../source/own-ticks.ts';
import { readSpecification, select } from '../source/specification.ts';
import type { MissionView, PlanView } from '../views.ts';
import { openWorkspace, workspaceDir } from '../workspace.ts';
import { findBase } from './base-commit.ts';
import { localOf, type MissionTerms } from './mission-terms.ts';
import { planView } from './plan.ts';
import { unchangedMission } from './unchanged.ts';

interface Asked {
  source: Source;
  terms: MissionTerms;
  /** Of both, see `readingInputs`. */
  inputs: Reading['inputs'] | undefined;
  detach: boolean;
  /** What is to be said of the mission in the end. */
  finish: ((mission: MissionView) => void) | undefined;
}

/** Reads a specification, and runs its mission unless there is nothing to run. */
export async function applyMission(
  { source, terms, inputs, detach, finish }: Asked,
  input: ApplyInput,
  context: CallContext,
): Promise<MissionView | PlanView> {
  const boundHeap = heapBound();
  const read = await readSpecification(input, source, context);
  const { agent, policy, release, scan, signing } = terms;
  const roster = await hire({ ...terms, services: signing?.services }, workspaceDir(context, input.bundle));
  const local = { ...context, config: localOf(source.config) };
  if (input.locked === true) await (await import('../source/graph-lock.ts')).refuseDrift(read, input.bundle);
  boundHeap();
  const graph = select(await withOwnTicks(read, { bundle: input.bundle, base: input.base, roster }, local), input);
  // Where the source says that all is settled, there is nothing to run, and the plan says so.
  const idle = !graph.tasks.some(({ ability }) => MAKERS.has(ability));
  const base = idle ? undefined : await findBase(graph, input, local);
  if (base === undefined && input.branch !== undefined) throw noBase();
  if (input.dryRun === true || idle) return planView({ ...read, graph, roster, base }, input, context);
  missionSettings(input, graph);
  const stray = strayWords(read, roster);
  refuseUnable(graph, roster, stray);
  if (stray !== '') context.onNotice?.(stray);
  refuseProfiles(graph, policy);
  const unchanged = await unchangedMission({ graph, roster, base, release, scan }, input, context);
  if (unchanged === undefined) await refuseUnusable(agent, context, { dir: workspaceDir(context, input.bundle), policy });
  if (detach && unchanged === undefined) return (await import('../host/detach.ts')).detach(input, context);
  const origin = context.origin ?? read.origin;
  const mission = unchanged ?? (await run({ ...read, ...terms, inputs, roster, origin, graph, base }, input, context));
  finish?.(mission);
  const { coverage, diagnostics } = read.specification;
  const ticks =
    input.tick === true ? await (await import('../source/tick.ts')).tickSource(mission, { ...read, graph }, context) : {};
  return { ...mission, ...ticks, coverage, diagnostics };
}

async function run(read: Readied, input: ApplyInput, context: CallContext): Promise<MissionView> {
  read.roster.expect?.();
  const workspace = openWorkspace(context, input.bundle);
  const { cwd } = context;
  return viaWriter(
    {
      workspace,
      request: { kind: 'apply', input, cwd, workspace: workspace.dir, by: context.by ?? userInfo().username, id: newRequestId() },
      here: async (host) => {
        const order = await orderOf(read, input, host.engine);
        return context.beginOnly === true ? begin(host, order, context) : (await host.run(order)).mission;
      },
      follow: true,
      tell: (mission, log) => missionViewOf(mission, { log, workspace }, context),
      jobs: input.jobs,
    },
    context,
  );
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

/** What a script says of tasks that are none: an id that somebody has mistyped would otherwise just not be done. */
function strayWords({ graph, specification }: Pick<Readied, 'graph' | 'specification'>, { words }: Roster): string {
  if (words === undefined) return '';
  const known = new Set([...graph.tasks, ...specification.elements].flatMap(({ id, sourceId = id }) => [id, sourceId]));
  const stray = words.filter((word) => !known.has(word));
  const shown = stray.slice(0, 10).map((word) => `\`${word}\``);
  const rest = stray.length - shown.length;
  if (stray.length === 0) return '';
  return `The script speaks of ${listed(rest > 0 ? [...shown, `${rest} more`] : shown)}, which ${stray.length === 1 ? 'is no task' : 'are no tasks'} here.`;
}

/** Where no agent here can do anything, the mission does not start. Where some tasks can be done, the others fail and say why. */
function refuseUnable({ tasks }: TaskGraph, { canDo, words }: Roster, stray: string): void {
  const unable = tasks.filter((task) => !canDo(task));
  if (unable.length === 0 || tasks.some((task) => MAKERS.has(task.ability) && canDo(task))) return;
  const [first] = unable;
  const details = { tasks: unable.slice(0, 20).map(({ id, title }) => ({ id, title })) };
  if (words !== undefined) {
    throw new NexusError('AGENT_UNAVAILABLE', `The script says nothing about any of the ${counted(unable.length, 'task')}.`, {
      hint: `${stray === '' ? '' : `${stray} `}Name tasks as the source prints them, \`${first?.sourceId ?? first?.id}\` for instance, or write a \`default\`.`,
      details,
    });
  }
  throw new NexusError(
    'AGENT_UNAVAILABLE',
    `${counted(unable.length, 'task')}: each needs an agent with a model, and none is available here.`,
    {
      hint:
        'The embedded agent builds contracts, components, integrations and API documents. `--agent NAME` gives the rest to an agent with a model ' +
        '(`spec-kit agents list` shows which can be used here), `--agent script:FILE` does what a file says, and `spec-kit plan` shows the tasks.',
      details,
    },
  );
}
