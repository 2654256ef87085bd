import { type Clock, timestamp } from '../../base/clock.ts';
import { sha256 } from '../../base/digest.ts';
import { NexusError } from '../../base/errors.ts';
import type { Ids } from '../../base/ids.ts';
import type { Specification, Task, TaskGraph } from '../../spec/model.ts';
import type { Log } from '../log/log.ts';
import type { Tree } from '../vault/artifact.ts';
import type { ContentStore } from '../vault/content-store.ts';
import { missionFinished, type MissionState } from '../vault/records.ts';
import { storeTree } from '../vault/tree-listing.ts';
import { graphText } from './graphs.ts';
import { Journal, type TaskChange } from './journal.ts';
import { runLoop } from './loop.ts';
import { Plan, type PlanOutcome } from './plan.ts';
import { findMission, latestMissionOf, type MissionRow, statementRows } from './queries.ts';
import type { MissionPrompt } from '../../base/generated/mission-prompt.ts';
import { missionCreated, missionInterrupted, missionResumed } from './records.ts';
import type { Runner } from './runner.ts';
import type { Performer } from './task-key.ts';

export interface MissionOptions {
  log: Log;
  store: ContentStore;
  clock: Clock;
  ids: Ids;
  runner: Runner;
  performerOf: (task: Task) => Performer;
  jobs: number;
  force: ReadonlySet<string>;
  priority: MissionPrompt['priority'];
  /** URI of the bundle. */
  originatingSpec: string;
  drain: AbortSignal;
  stop: AbortSignal;
  onStart: (start: { mission: string; resumed: boolean }) => void;
  onChange: (change: TaskChange) => void;
}

/** How many checks share one run of the test tools: start-up costs seconds, and memory grows with the number. */
const QA_BATCH = 64;

export interface MissionEnd {
  mission: MissionRow;
  /** The product, if every task succeeded. */
  product: Tree | undefined;
}

/**
 * One application of a graph, from its first entry to its last. A mission that was cut off is taken up where its log ends; one whose
 * graph is no longer wanted is closed first. Throws `INTERRUPTED` after a drain, with everything that finished recorded.
 */
export async function runMission(specification: Specification, graph: TaskGraph, options: MissionOptions): Promise<MissionEnd> {
  const { log, clock } = options;
  const mission = await begin(specification, graph, options);
  const journal = new Journal({ mission, graph, log, store: options.store, clock, ...callbacks(options) });
  const plan = new Plan(graph.tasks, { qaBatch: QA_BATCH });
  const outcome = await guarded(journal, mission, () => runLoop({ plan, journal, ...options }));
  await finish(journal, mission, { outcome, options });
  return { mission: findMission(log.db, mission), product: outcome === 'succeeded' ? journal.product() : undefined };
}

function callbacks({ performerOf, force, onChange }: MissionOptions): Pick<MissionOptions, 'performerOf' | 'force' | 'onChange'> {
  return { performerOf, force, onChange };
}

/** Resumes the specification's last mission if it is unfinished and wants the same graph; else starts a new one. Returns its id. */
async function begin(specification: Specification, graph: TaskGraph, options: MissionOptions): Promise<string> {
  const { log, store } = options;
  const text = Buffer.from(graphText(graph));
  const last = latestMissionOf(log.db, specification.id);
  if (last !== undefined && isOpen(last)) {
    if (last.graph === sha256(text)) {
      await log.append([missionResumed(last.id)]);
      options.onStart({ mission: last.id, resumed: true });
      return last.id;
    }
    await close(last.id, { state: 'cancelled', tree: [], ...options });
  }
  const graphDigest = await store.put(text);
  const prompt = {
    id: options.ids.uuid(),
    objective: `Build ${specification.title}`,
    priority: options.priority,
    originatingSpec: options.originatingSpec,
    createdAt: timestamp(options.clock),
  };
  const { id, title, dialect, digest } = specification;
  await log.append([
    missionCreated({ prompt, specification: { id, title, dialect, digest }, graph: graphDigest, tasks: graph.tasks.length }),
  ]);
  options.onStart({ mission: prompt.id, resumed: false });
  return prompt.id;
}

function isOpen({ state }: MissionRow): boolean {
  return state === 'planned' || state === 'running' || state === 'waiting';
}

/** A mission stopped from outside says so in the log before the error goes on. */
async function guarded(journal: Journal, mission: string, run: () => Promise<PlanOutcome>): Promise<PlanOutcome> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof NexusError && error.code === 'INTERRUPTED') await journal.flush([missionInterrupted(mission)]);
    throw error;
  }
}

async function finish(
  journal: Journal,
  mission: string,
  { outcome, options }: { outcome: PlanOutcome; options: MissionOptions },
) {
  await journal.flush(outcome === 'drained' ? [missionInterrupted(mission)] : []);
  if (outcome === 'drained') {
    throw new NexusError('INTERRUPTED', `Mission ${mission} was stopped; what had finished is recorded.`, {
      hint: 'Run the same command again to go on.',
      details: { mission },
    });
  }
  await close(mission, { state: outcome, tree: journal.product(), ...options });
}

/** Seals the mission: its product and the list of its statements go into the last entry. */
async function close(
  mission: string,
  { log, store, state, tree }: Pick<MissionOptions, 'log' | 'store'> & { state: MissionState; tree: Tree },
): Promise<void> {
  const statements = statementRows(log.db, mission).map(({ bundle }) => bundle);
  await storeTree(store, tree);
  await log.append([missionFinished(mission, { state, tree, statements })]);
}
