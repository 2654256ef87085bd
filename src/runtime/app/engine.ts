import { availableParallelism } from 'node:os';

import { systemClock } from '../../base/clock.ts';
import { systemIds } from '../../base/ids.ts';
import type { Log } from '../log/log.ts';
import { createLocalRunner } from '../mission/local-runner.ts';
import { Loop } from '../mission/loop.ts';
import { missionRow } from '../mission/queries.ts';
import { Questions } from '../mission/questions.ts';
import type { MissionBench, MissionOptions } from '../mission/run-mission.ts';
import type { MissionSettings, QaSetting } from '../mission/settings.ts';
import { createQaEngine } from '../qa/engine.ts';
import { openContentStore } from '../vault/content-store.ts';
import { openStatementSigner } from '../vault/sign-statement.ts';
import type { Agent } from '../workspace/agent.ts';
import { endOrphans } from '../workspace/orphans.ts';
import type { Task } from '../../spec/model.ts';
import { memoryUsesOf, recordingOf } from './agents/recording-of.ts';
import { recollection } from './agents/recollection.ts';
import { readConfig } from './config.ts';
import { openKeys } from './keys.ts';
import type { CallContext } from './operations.ts';
import type { Roster } from './roster.ts';
import { secretDesk } from './secrets.ts';
import type { Workspace } from './workspace.ts';
import { openWriterLog } from './writer-log.ts';

/** Everything that missions need, open for writing: this process is the workspace's one writer until `close`. */
export interface Engine extends MissionBench {
  workspace: Workspace;
  log: Log;
  /** What a mission is run with, given who works for it and whom to tell. */
  staff(roster: Roster, told: Pick<MissionOptions, 'onStart' | 'onChange'>): Promise<Staffed>;
  /** No mission starts anything more; those that run end with what they have. */
  drain(): void;
  close(): void;
}

/** A burst of events is no burst of signatures. */
const SIGNING = { every: 20, within: 50 };

/** Who works for one mission, until `close`. */
interface Staffed {
  options: (settings: MissionSettings) => MissionOptions;
  close: () => Promise<void>;
}

/** Opens the workspace for writing. Throws `WORKSPACE_LOCKED` if another process writes. */
export async function openEngine(workspace: Workspace, context: CallContext, { jobs = defaultJobs() } = {}): Promise<Engine> {
  const keys = openKeys(workspace);
  const secrets = secretDesk(context);
  const log = openWriterLog(workspace, { signing: SIGNING, redact: (data) => secrets.redactor.json(data) });
  try {
    // The lock is ours: whatever a dead writer had started is nobody's now.
    await endOrphans(workspace.scratch);
    const store = openContentStore(workspace.dir, { writer: true });
    const key = keys.signing();
    const agents = new Map<string, (task: Task) => Agent | undefined>();
    const walls = new Map<string, Roster['walls']>();
    const asked = new Map<string, QaSetting | undefined>();
    const runner = createLocalRunner({
      log,
      store,
      signer: await openStatementSigner(key),
      publicKeys: [key.publicKey],
      clock: systemClock,
      agentFor: (mission, task) => agents.get(mission)?.(task),
      wallsFor: async (mission) => walls.get(mission)?.(),
      qaOf: (mission) => asked.get(mission),
      qa: createQaEngine({ read: (digest) => store.get(digest), scratch: workspace.scratch, jobs, machine: readConfig() }),
      redactor: secrets.redactor,
    });
    const memory = recollection(workspace.dir, { log, redactor: secrets.redactor });
    const questions = new Questions({ log, clock: systemClock, redact: (data) => secrets.redactor.json(data) });
    const own = new AbortController();
    const drain = AbortSignal.any([own.signal, ...(context.drain === undefined ? [] : [context.drain])]);
    const loop = new Loop({ runner, clock: systemClock, jobs, drain, stop: context.stop ?? new AbortController().signal });
    const bench: MissionBench = { log, store, loop, clock: systemClock, ids: systemIds(systemClock) };
    return {
      ...bench,
      workspace,
      log,
      async staff(roster, told) {
        const opened: (() => Promise<void>)[] = [];
        const agentFor = await roster.open({
          atEnd: (end) => void opened.push(end),
          dir: workspace.dir,
          scratch: workspace.scratch,
          // What agents and models have said is kept, but none of the secrets that they were given.
          store: { get: (digest) => store.get(digest), put: (content) => store.put(secrets.redactor.bytes(content)) },
          recordingOf: (mission) => recordingOf(log, mission),
          memoryUsesOf: (mission) => memoryUsesOf(log, mission),
          redactor: secrets.redactor,
          secretNamed: (name) => secrets.value(name),
          secretsFor: (names) => secrets.environmentFor(names),
          recollect: memory.recollect,
          memoryFor: memory.memoryFor,
          ask: ({ mission, task, attempt }, asker) =>
            questions.of({
              ...asker,
              mission,
              task: task.id,
              attempt,
              within: () => answersWithin(log, mission),
              tell: (state, reason) => told.onChange({ task, state, ...(reason === undefined ? {} : { reason }) }),
            }),
        });
        const onStart =
          ({ qa }: MissionSettings): MissionOptions['onStart'] =>
          (start) => {
            agents.set(start.mission, agentFor);
            walls.set(start.mission, roster.walls);
            asked.set(start.mission, qa);
            told.onStart(start);
          };
        const options = (settings: MissionSettings): MissionOptions => ({
          ...bench,
          performerOf: roster.performerOf,
          settings,
          onChange: told.onChange,
          onStart: onStart(settings),
        });
        return {
          options,
          async close() {
            for (const [mission, whose] of agents) {
              if (whose === agentFor) for (const kept of [agents, walls, asked]) kept.delete(mission);
            }
            await Promise.allSettled(opened.map(async (end) => end()));
          },
        };
      },
      drain: () => own.abort(),
      close() {
        memory.close();
        log.close();
        void secrets.close();
      },
    };
  } catch (error) {
    log.close();
    throw error;
  }
}

/** As the mission has it now: it may be resumed where nobody is. */
function answersWithin({ db }: Log, mission: string): number | undefined {
  const row = missionRow(db, mission);
  return row === undefined ? undefined : (JSON.parse(row.settings) as MissionSettings).answers;
}

const defaultJobs = (): number => Math.max(1, availableParallelism());
