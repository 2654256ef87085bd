import { systemClock } from '../../../base/clock.ts';
import { systemIds } from '../../../base/ids.ts';
import type { Log } from '../../log/log.ts';
import { createLocalRunner } from '../../mission/local-runner.ts';
import { Loop } from '../../mission/loop.ts';
import { type MissionRow, missionRow } from '../../mission/queries.ts';
import { type Asker, Questions } from '../../mission/questions.ts';
import type { MissionBench, MissionOptions } from '../../mission/run-mission.ts';
import type { MissionSettings } from '../../mission/settings.ts';
import type { Signing, Workbench } from '../../mission/workbench.ts';
import { createQaEngine } from '../../qa/engine.ts';
import { type ContentStore, openContentStore } from '../../vault/content-store.ts';
import { openStatementSigner, type StatementSigner } from '../../vault/sign-statement.ts';
import type { Agent, Brief } from '../../workspace/agent.ts';
import type { AskTold, HostBench } from '../../workspace/host/hosted-agent.ts';
import { endOrphans } from '../../workspace/orphans.ts';
import type { Task } from '../../../spec/model.ts';
import type { WorkPlace } from '../agents/agent-bench.ts';
import { memoryUsesOf, recordingOf } from '../agents/recording-of.ts';
import { type Recollect, recollection } from '../agents/recollection.ts';
import { keptPolicy } from '../policies/kept-policy.ts';
import { readConfig } from '../config.ts';
import { openKeys } from '../ledger/keys.ts';
import type { CallContext } from '../operations.ts';
import { releaseGateOf } from '../policies/release-policy.ts';
import { atOnce } from './at-once.ts';
import type { Roster } from './roster.ts';
import { openMissionSigning } from '../ledger/signing.ts';
import { signedRoster } from '../ledger/signing-settings.ts';
import { secretDesk } from '../access/secrets.ts';
import type { SecretDesk } from '../../workspace/secrets/secret-desk.ts';
import { openWorkers, type WorkerPools, type Workers } from './workers.ts';
import type { Workspace } from '../workspace.ts';
import { openWriterLog } from './writer-log.ts';

/** Everything that missions need, open for writing: this process is the workspace's one writer until `close`. */
export interface Engine extends MissionBench {
  workspace: Workspace;
  log: Log;
  /** Those who do tasks elsewhere, if there are such. */
  workers: Workers | undefined;
  /** Who signs what people say to a mission; undefined where that is an identity, and nobody drives it. */
  signerOf: (mission: MissionRow) => StatementSigner | undefined;
  /** What a mission is run with, given who works for it and whom to tell. */
  staff(roster: Roster, told: Pick<MissionOptions, 'onStart' | 'onChange'>): Promise<Staffed>;
  /** How a mission that runs here signs, where it does so without the key. */
  signingFor(mission: string): Signing | undefined;
  /** No mission starts anything more; those that run end with what they have. */
  drain(): void;
  close(): void;
}

/** A burst of events is no burst of signatures. */
const SIGNING = { every: 20, within: 50 };

/** Who works for one mission, until `close`. */
interface Staffed {
  options: (settings: MissionSettings) => Promise<MissionOptions>;
  close: () => Promise<void>;
}

/** What a mission that runs here has of its own. */
interface Crew {
  agentFor: (task: Task) => Agent | undefined;
  ask: NonNullable<HostBench['ask']>;
  recall: NonNullable<HostBench['recall']>;
  walls: Roster['walls'];
  settings: MissionSettings;
  signing: Signing | undefined;
}

interface EngineOptions {
  /** Tasks at once. */
  jobs?: number;
  /** Tasks that are done elsewhere. */
  pools?: WorkerPools | undefined;
}

/** Opens the workspace for writing. Throws `WORKSPACE_LOCKED` if another process writes. */
export async function openEngine(workspace: Workspace, context: CallContext, given: EngineOptions = {}): Promise<Engine> {
  const { pools } = given;
  const { jobs, tools } = atOnce(given.jobs);
  const secrets = secretDesk(context);
  const machine = readConfig();
  const log = openWriterLog(workspace, { signing: SIGNING, redact: (data) => secrets.redactor.json(data) });
  try {
    // The lock is ours: whatever a dead writer had started is nobody's now.
    await endOrphans(workspace.scratch);
    const store = openContentStore(workspace.dir, { writer: true });
    const key = openKeys(workspace).signing();
    const signer = await openStatementSigner(key);
    const crews = new Map<string, Crew>();
    const workers = openWorkers(pools, { workspace, store, widen: (pool, by) => loop.widen(pool, by) });
    const runner = createLocalRunner({
      log,
      store,
      signer,
      publicKeys: [key.publicKey],
      clock: systemClock,
      ...asTheCrewHasIt(crews, { store, workers, onNotice: context.onNotice }),
      qa: createQaEngine({ read: (digest) => store.get(digest), scratch: workspace.scratch, jobs: tools, machine }),
      scratch: workspace.scratch,
      machine,
      redactor: secrets.redactor,
    });
    const memory = recollection(workspace.dir, { log, redactor: secrets.redactor });
    const questions = new Questions({ log, clock: systemClock, redact: (data) => secrets.redactor.json(data) });
    const own = new AbortController();
    const drain = AbortSignal.any([own.signal, ...(context.drain === undefined ? [] : [context.drain])]);
    const loop: Loop = new Loop({ runner, clock: systemClock, jobs, drain, stop: context.stop ?? new AbortController().signal });
    const bench: MissionBench = { log, store, loop, clock: systemClock, ids: systemIds(systemClock) };
    return {
      ...bench,
      workspace,
      log,
      workers,
      signerOf: (mission) => signerOf(mission, { crew: crews.get(mission.id), own: signer }),
      async staff(roster, told) {
        const opened: (() => Promise<void>)[] = [];
        const ask: Crew['ask'] = (brief, asker) => questions.of(askerFor(brief, asker, { log, told }));
        const agentFor = await roster.open({
          atEnd: (end) => void opened.push(end),
          ...placeIn(workspace, { log, store, secrets, memory }),
          ask,
        });
        const options: Staffed['options'] = async (settings) => {
          const recall = recallFor(settings, { dir: workspace.dir, store, recollect: memory.recollect });
          const signing = await openMissionSigning(settings, { workspace, store, context });
          const onStart: MissionOptions['onStart'] = (start) => {
            crews.set(start.mission, { agentFor, ask, recall, walls: roster.walls, settings, signing });
            told.onStart(start);
          };
          const { performerOf } = signedRoster(roster, settings.signing?.services);
          const poolOf: MissionOptions['poolOf'] = (task) => workers?.poolOf(task, settings);
          return { ...bench, signer: signing?.signer ?? signer, performerOf, poolOf, settings, onChange: told.onChange, onStart };
        };
        return {
          options,
          async close() {
            for (const [mission, crew] of crews) if (crew.agentFor === agentFor) crews.delete(mission);
            await Promise.allSettled(opened.map(async (end) => end()));
          },
        };
      },
      signingFor: (mission) => crews.get(mission)?.signing,
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

/** Only the process that drives a keyless mission has its identity. */
function signerOf(
  { settings }: MissionRow,
  { crew, own }: { crew: Crew | undefined; own: StatementSigner },
): StatementSigner | undefined {
  const { signing } = crew?.settings ?? (JSON.parse(settings) as MissionSettings);
  return signing === undefined ? own : crew?.signing?.signer;
}

/** Where agents of this workspace work, whichever mission they work for. */
function placeIn(
  { dir, scratch }: Workspace,
  {
    log,
    store,
    secrets,
    memory,
  }: { log: Log; store: ContentStore; secrets: SecretDesk; memory: ReturnType<typeof recollection> },
): Omit<WorkPlace, 'atEnd' | 'ask'> {
  const { redactor } = secrets;
  return {
    dir,
    scratch,
    // What agents and models have said is kept, but none of the secrets that they were given.
    store: { get: (digest) => store.get(digest), put: (content) => store.put(redactor.bytes(content)) },
    recordingOf: (mission) => recordingOf(log, mission),
    memoryUsesOf: (mission) => memoryUsesOf(log, mission),
    redactor,
    secretNamed: (name) => secrets.value(name),
    secretsFor: (names) => secrets.environmentFor(names),
    recollect: memory.recollect,
    memoryFor: memory.memoryFor,
  };
}

/** What the runner asks of a mission, from the one that it belongs to. */
function asTheCrewHasIt(
  crews: ReadonlyMap<string, Crew>,
  { store, workers, onNotice }: { store: ContentStore; workers: Workers | undefined; onNotice: CallContext['onNotice'] },
): OfMissions {
  const told = new Set<string>();
  const lacking = (why: string) => {
    if (!told.has(why)) onNotice?.(`Tests run without a sandbox: ${why}. \`spec-kit doctor\` says what to do.`);
    told.add(why);
  };
  return {
    agentFor(mission, task) {
      const crew = crews.get(mission);
      const own = crew?.agentFor(task);
      return crew && own && (workers?.placed(own, task, crew) ?? own);
    },
    signingFor: (mission) => crews.get(mission)?.signing,
    releaseGateFor: async (mission) => {
      const setting = crews.get(mission)?.settings.release;
      return setting && releaseGateOf(setting, store);
    },
    scanOf: (mission) => crews.get(mission)?.settings.scan,
    onUnscanned: (why) =>
      onNotice?.(`The product is not scanned for vulnerabilities: ${why}. \`spec-kit doctor\` says what to do.`),
    wallsFor: async (mission, product) => crews.get(mission)?.walls?.(product, lacking),
    qaOf: (mission) => crews.get(mission)?.settings.qa,
    repositoryOf: (mission) => crews.get(mission)?.settings.branch?.repository,
  };
}

type OfMissions = Pick<
  Workbench,
  'agentFor' | 'signingFor' | 'releaseGateFor' | 'scanOf' | 'onUnscanned' | 'wallsFor' | 'qaOf' | 'repositoryOf'
>;

/** What is known that bears on a task, for those who do it elsewhere: as the mission's policy and the profiles here have it. */
function recallFor(
  settings: MissionSettings,
  { dir, store, recollect }: { dir: string; store: ContentStore; recollect: Recollect },
): Crew['recall'] {
  return async (brief) => {
    const { recallBy, termsIn } = await import('../agents/agent-bench.ts');
    return recallBy(termsIn(dir, keptPolicy(settings, store)), recollect)(brief);
  };
}

/** An attempt that asks, as its mission has it. */
function askerFor(
  { mission, task, attempt }: Brief,
  asker: AskTold,
  { log, told: { onChange } }: { log: Log; told: Pick<MissionOptions, 'onChange'> },
): Asker {
  const tell: Asker['tell'] = (state, reason) => onChange({ task, state, ...(reason === undefined ? {} : { reason }) });
  return { ...asker, mission, task: task.id, attempt, within: () => answersWithin(log, mission), tell };
}

/** As the mission has it now: it may be resumed where nobody is. */
function answersWithin({ db }: Log, mission: string): number | undefined {
  const row = missionRow(db, mission);
  return row === undefined ? undefined : (JSON.parse(row.settings) as MissionSettings).answers;
}
