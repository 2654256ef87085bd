import { type Clock, timestamp } from '../../base/clock.ts';
import { sha256 } from '../../base/digest.ts';
import { NexusError } from '../../base/errors.ts';
import type { MissionPrompt } from '../../base/generated/mission-prompt.ts';
import type { Ids } from '../../base/ids.ts';
import { counted, listed } from '../../base/text.ts';
import type { Specification, Task, TaskGraph } from '../../spec/model.ts';
import type { Log } from '../log/log.ts';
import type { Tree } from '../vault/artifact.ts';
import type { BaseRecord } from '../vault/base-record.ts';
import type { ContentStore } from '../vault/content-store.ts';
import type { StatementSigner } from '../vault/sign-statement.ts';
import { missionFinished, type MissionState } from '../vault/records.ts';
import { storeTree } from '../vault/tree-listing.ts';
import { recordApprovals } from './approvals.ts';
import { baseOf } from './base.ts';
import { graphText, readGraph } from './graphs.ts';
import { Journal } from './journal.ts';
import type { TaskChange } from './task-change.ts';
import type { Loop, LoopEnd } from './loop.ts';
import { ontoOf } from './onto.ts';
import { planTasks } from './plan-tasks.ts';
import { findMission, isOpen, latestMissionOf, type MissionRow, missionRow, statementRows, taskRows } from './queries.ts';
import { startsFrom } from './starts-from.ts';
import { missionCreated, missionInterrupted, missionResumed, missionWaiting, type Reading } from './records.ts';
import type { MissionSettings } from './settings.ts';
import type { Performer } from './task-key.ts';

/** What missions are run with. */
export interface MissionBench {
  log: Log;
  store: ContentStore;
  clock: Clock;
  ids: Ids;
  /** Drives this mission, and others beside it. */
  loop: Loop;
}

export interface MissionOptions extends MissionBench {
  /** Signs what people say to it; nobody where it is left out. */
  signer?: StatementSigner | undefined;
  performerOf: (task: Task) => Performer;
  /** Whose slots a task takes, if not those of this process. */
  poolOf?: ((task: Task) => string | undefined) | undefined;
  settings: MissionSettings;
  onStart: (start: { mission: string; resumed: boolean }) => void;
  onChange: (change: TaskChange) => void;
}

export interface NewMission {
  force: ReadonlySet<string>;
  priority: MissionPrompt['priority'];
  /** URI of the bundle. */
  originatingSpec: string;
  /** What it starts from, which is in the store. */
  base?: BaseRecord | undefined;
  /** What its graph was made from. */
  reading?: Reading | undefined;
  /** What somebody else has named and described. */
  prompt?: Pick<MissionPrompt, 'id' | 'objective' | 'createdAt'> | undefined;
}

export interface MissionEnd {
  mission: MissionRow;
  /** The product, if every task succeeded. */
  product: Tree | undefined;
}

/**
 * One application of a graph, from its first entry to its last. A mission that was cut off is taken up where its log ends; one whose
 * graph is no longer wanted is closed first, as is one that another is asked for beside. Throws `INTERRUPTED` after a drain, with everything
 * that finished recorded, and `MISSION_EXISTS` for an id that means another mission.
 */
export async function runMission(
  specification: Specification,
  graph: TaskGraph,
  options: MissionOptions & NewMission,
): Promise<MissionEnd> {
  const { log, store, loop, settings, base, reading, prompt: given } = options;
  const last = unfinished(specification.id, graph, options);
  if (last?.wanted === true) {
    if (loop.drives(last.row.id)) throw alreadyRuns(last.row.id);
    return resumeMission(last.row, options);
  }
  if (last !== undefined && !loop.drives(last.row.id)) await close(last.row.id, { state: 'cancelled', tree: [], ...options });
  const graphDigest = await store.put(Buffer.from(graphText(graph)));
  const prompt = {
    id: options.ids.uuid(),
    objective: `Build ${specification.title}`,
    priority: options.priority,
    originatingSpec: options.originatingSpec,
    createdAt: timestamp(options.clock),
    ...(given && { id: given.id, objective: given.objective, createdAt: given.createdAt }),
  };
  const { id, title, dialect, digest } = specification;
  const shown = { id, title, dialect, digest };
  await log.append([
    missionCreated({ prompt, specification: shown, graph: graphDigest, tasks: graph.tasks.length, settings, base, reading }),
  ]);
  options.onStart({ mission: prompt.id, resumed: false });
  return drive(prompt.id, graph, options);
}

/** The mission that has not come to its end, and whether it is the one that is wanted. */
function unfinished(
  specification: string,
  graph: TaskGraph,
  { log, prompt, base }: Pick<MissionOptions & NewMission, 'log' | 'prompt' | 'base'>,
): { row: MissionRow; wanted: boolean } | undefined {
  const named = prompt && missionRow(log.db, prompt.id);
  const row = named ?? latestMissionOf(log.db, specification);
  const isSame =
    row !== undefined &&
    isOpen(row) &&
    row.cancelled === 0 &&
    row.graph === sha256(graphText(graph)) &&
    startsFrom(row, base?.key);
  if (named !== undefined && !isSame) throw exists(named);
  return row !== undefined && isOpen(row) ? { row, wanted: isSame && (prompt === undefined || named !== undefined) } : undefined;
}

/** Takes a mission up where its log ends. */
export async function resumeMission(
  mission: MissionRow,
  options: MissionOptions & Partial<Pick<NewMission, 'force' | 'reading'>>,
): Promise<MissionEnd> {
  const { log, store, settings, reading } = options;
  await log.append([missionResumed(mission.id, { settings, inputs: reading?.inputs })]);
  await signWords(mission.id, options);
  options.onStart({ mission: mission.id, resumed: true });
  return drive(mission.id, readGraph(store, mission.graph), options);
}

/** Closes a mission that nobody drives, for a person who wants no more of it. */
export async function closeCancelled(
  mission: MissionRow,
  options: Pick<MissionOptions, 'log' | 'store' | 'signer'>,
): Promise<void> {
  await close(mission.id, { state: 'cancelled', tree: [], ...options });
}

function exists({ id, state, title }: MissionRow): NexusError {
  return new NexusError('MISSION_EXISTS', `There is a mission ${id} already: ${title}, ${state}.`, {
    hint: 'Give the prompt another id. Only an unfinished mission of the same task graph is gone on with.',
    details: { mission: id, state },
  });
}

function alreadyRuns(mission: string): NexusError {
  return new NexusError('MISSION_RUNNING', `Mission ${mission} is running already.`, {
    hint: `\`spec-kit logs ${mission} --follow\` shows what it does.`,
    details: { mission },
  });
}

async function drive(
  id: string,
  graph: TaskGraph,
  options: MissionOptions & Partial<Pick<NewMission, 'force'>>,
): Promise<MissionEnd> {
  const { log, loop, settings, force = new Set<string>() } = options;
  const mission = findMission(log.db, id);
  const onto = ontoOf(graph.tasks, mission, log.db);
  const journal = new Journal({ ...options, mission, graph, force, onto, base: baseOf(mission, options.store) });
  const rows = new Map(taskRows(log.db, id).map((row) => [row.id, row]));
  const approved = graph.tasks.flatMap((task, index) => (rows.get(task.id)?.approval === 'given' ? [index] : []));
  const failures = graph.tasks.map((task) => rows.get(task.id)?.failures ?? 0);
  const end = await guarded(journal, id, () =>
    loop.open({
      journal,
      tasks: planTasks(graph, settings, { onto, poolOf: options.poolOf }),
      priority: mission.priority,
      approved,
      failures,
      attemptLimit: settings.budget?.task?.wall,
    }),
  );
  await finish(journal, end, options);
  return { mission: findMission(log.db, id), product: end.outcome === 'succeeded' ? journal.product() : undefined };
}

/** A mission stopped from outside says so in the log before the error goes on. */
async function guarded<T>(journal: Journal, mission: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof NexusError && error.code === 'INTERRUPTED') await journal.flush([missionInterrupted(mission)]);
    throw error;
  }
}

async function finish(journal: Journal, { outcome, reason }: LoopEnd, options: MissionOptions): Promise<void> {
  const { mission } = journal;
  // What is read from the log from here on must hold the last task's end.
  await journal.settled();
  switch (outcome) {
    case 'drained':
      await journal.flush([missionInterrupted(mission)]);
      throw new NexusError('INTERRUPTED', `Mission ${mission} was stopped; what had finished is recorded.`, {
        hint: 'Run the same command again to go on.',
        details: { mission },
      });
    case 'held':
      await journal.flush([missionWaiting(mission, reason ?? 'It was paused.')]);
      break;
    case 'waiting':
      await journal.flush();
      await journal.flush([missionWaiting(mission, whoMustAgree(mission, options))]);
      break;
    case 'succeeded':
    case 'failed':
    case 'cancelled': {
      const tree = outcome === 'cancelled' ? [] : journal.product();
      await journal.flush();
      await close(mission, { state: outcome, tree, ...options });
    }
  }
}

function whoMustAgree(mission: string, { log }: Pick<MissionOptions, 'log'>): string {
  const asked = taskRows(log.db, mission).filter(({ state, approval }) => state === 'waiting' && approval === 'asked');
  const named = asked.slice(0, 3).map(({ id }) => id);
  const more = asked.length > named.length ? [counted(asked.length - named.length, 'more task')] : [];
  return `A person must approve ${listed([...named, ...more])}.`;
}

/** Seals the mission: its product and the list of its statements go into the last entry. */
async function close(
  mission: string,
  { state, tree, ...parts }: Pick<MissionOptions, 'log' | 'store' | 'signer'> & { state: MissionState; tree: Tree },
): Promise<void> {
  const { log, store } = parts;
  await signWords(mission, parts);
  const statements = statementRows(log.db, mission).map(({ bundle }) => bundle);
  await storeTree(store, tree);
  await log.append([missionFinished(mission, { state, tree, statements })]);
}

async function signWords(mission: string, { signer, ...parts }: Pick<MissionOptions, 'log' | 'store' | 'signer'>): Promise<void> {
  if (signer !== undefined) await recordApprovals(mission, { ...parts, signer });
}
