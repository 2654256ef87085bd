import { join } from 'node:path';

import type { Task } from '../../../spec/model.ts';
import type { MissionSettings } from '../../mission/settings.ts';
import type { Performer } from '../../mission/task-key.ts';
import { type MissionPolicy, wallsRequired } from '../../policy/mission-policy.ts';
import type { Walls } from '../../qa/walls.ts';
import { qaVersion } from '../../qa/version.ts';
import type { Tree } from '../../vault/artifact.ts';
import type { ContentStore } from '../../vault/content-store.ts';
import { GATE_POLICY } from '../../vault/gate.ts';
import type { Agent } from '../../workspace/agent.ts';
import { COMPILER_VERSION } from '../../workspace/compiler/version.ts';
import type { AgentDefinition } from '../../workspace/host/agent-definition.ts';
import type { WorkPlace } from '../agents/agent-bench.ts';
import { readConfig } from '../config.ts';
import type { AgentSource } from '../agents/read-agent.ts';
import { raiseWalls } from '../judging/sandbox-for.ts';

/** Who does which task here. */
export interface Roster {
  /** Who does a task, and in which version: light to ask, since a run that finds everything cached asks for nothing else. */
  performerOf: (task: Task) => Performer;
  /** Whether anybody here can do the task. */
  canDo: (task: Task) => boolean;
  /** The ids that a script has a word for. */
  words?: readonly string[];
  /** They will be wanted: what they need, and takes time to start, is started. */
  expect?: () => void;
  /** The agents, ready to work. */
  open: (place: WorkPlace) => Promise<(task: Task) => Agent | undefined>;
  /** What the tests of its products run in; `lacking` hears why they have no walls where they may do without. */
  walls?: (product: Tree, lacking?: (why: string) => void) => Promise<Walls | undefined>;
}

/** What tasks with the ability `model` are done by. */
export interface Worker {
  performer: (task: Task) => Performer;
  canDo: (task: Task) => boolean;
  /** The ids that it has a word for. */
  words?: readonly string[];
  /** As that of the roster. */
  expect?: () => void;
  open: (place: WorkPlace) => Agent | Promise<Agent>;
}

/** Puts what the agent does into the store, so that the mission can be resumed without its file. */
export async function keepAgent(source: AgentSource, store: ContentStore): Promise<Pick<MissionSettings, 'agent'>> {
  switch (source.name) {
    case 'compiler':
      return {};
    case 'script':
      return { agent: { name: source.name, script: await store.put(Buffer.from(source.text)) } };
    default: {
      const { definition, unconfined, replay } = source;
      const kept = await store.put(Buffer.from(JSON.stringify(definition)));
      return {
        agent: {
          name: definition.name,
          definition: kept,
          ...(unconfined && { unconfined }),
          ...(replay !== undefined && { replay }),
        },
      };
    }
  }
}

/** The agent that a mission was started with. */
export function agentOf({ agent }: MissionSettings, store: ContentStore): AgentSource {
  if (agent?.script !== undefined) {
    return { name: 'script', file: agent.script, text: Buffer.from(store.get(agent.script)).toString('utf8') };
  }
  if (agent?.definition === undefined) return { name: 'compiler' };
  const definition = JSON.parse(Buffer.from(store.get(agent.definition)).toString('utf8')) as AgentDefinition;
  const { unconfined = false, replay } = agent;
  return { name: 'hosted', definition, unconfined, ...(replay === undefined ? {} : { replay }) };
}

/** The roster with this agent in it; `dir` is the workspace's folder, whether it is there or not. Throws `SCRIPT_INVALID`, `PROFILE_INVALID`, `POLICY_REFUSED`. */
export async function openRoster(
  source: AgentSource,
  { dir, policy }: { dir: string; policy: MissionPolicy | undefined },
): Promise<Roster> {
  const worker = await workerFor(source, { dir, policy });
  const performerOf = (task: Task): Performer =>
    task.ability === 'model' && worker !== undefined ? worker.performer(task) : PERFORMERS[task.ability]();
  return {
    performerOf: (task) => underPolicy(performerOf(task), { task, policy }),
    canDo: (task) => task.ability !== 'model' || worker?.canDo(task) === true,
    ...(worker?.words !== undefined && { words: worker.words }),
    ...(worker?.expect !== undefined && { expect: worker.expect }),
    // Who has said that agents need no walls has said it of what they have written too.
    ...(!isUnconfined(source) && { walls: missionWalls(dir, { required: source.name === 'hosted' || wallsRequired(policy) }) }),
    async open(place) {
      // What the compiler makes is always tested. Whether the walls stand is found out meanwhile, and told to whoever asks.
      if (source.name === 'compiler') {
        raiseWalls()
          .then((sandbox) => sandbox.missing())
          .catch(() => {});
      }
      const [{ createCompiler }, { hostedInProcess }, { termsIn }] = await Promise.all([
        import('../../workspace/compiler/compiler.ts'),
        import('../../workspace/host/in-process-agent.ts'),
        import('../agents/agent-bench.ts'),
      ]);
      const compiler = hostedInProcess(createCompiler(), { termsFor: termsIn(dir, policy) });
      const other = await worker?.open(place);
      return ({ ability }) => (ability === 'contract-compiler' ? compiler : ability === 'model' ? other : undefined);
    },
  };
}

function isUnconfined(source: AgentSource): boolean {
  return source.name === 'hosted' && source.unconfined;
}

/** Code that an agent with a model has written is run within walls or not at all; that of the compiler, and of a script of the user, where there are any. */
function missionWalls(dir: string, { required }: { required: boolean }): NonNullable<Roster['walls']> {
  return async (product, lacking) => {
    const { testWalls } = await import('../judging/test-walls.ts');
    const walls = await testWalls(dir);
    if (required) return walls;
    const { usableWalls } = await import('../judging/usable-walls.ts');
    const usable = await usableWalls(walls, {
      tree: product,
      machine: readConfig(),
      places: [join(dir, 'tmp', 'run', 'product')],
    });
    if ('walls' in usable) return usable.walls;
    lacking?.(usable.why);
    return undefined;
  };
}

/** What was made under other limits is another thing, and so are its dependents only if it came out otherwise. Checks and gates are nobody's to limit. */
function underPolicy(performer: Performer, { task, policy }: { task: Task; policy: MissionPolicy | undefined }): Performer {
  if (policy === undefined || task.ability === 'qa' || task.ability === 'gate') return performer;
  return { ...performer, inputs: { ...performer.inputs, 'mission policy': policy.digest } };
}

interface Place {
  dir: string;
  policy: MissionPolicy | undefined;
}

async function workerFor(source: AgentSource, place: Place): Promise<Worker | undefined> {
  const { policy } = place;
  if (policy !== undefined && source.name !== 'compiler') {
    const { refuseAgent } = await import('../../policy/mission-policy.ts');
    refuseAgent(policy, source.name === 'script' ? source : { name: source.definition.name, unconfined: source.unconfined });
  }
  if (source.name === 'script') return scriptWorker(source, place);
  return source.name === 'hosted' ? (await import('../agents/hosted-worker.ts')).hostedWorker(source, place) : undefined;
}

async function scriptWorker({ text, file }: { text: string; file: string }, { policy }: Place): Promise<Worker> {
  const [{ parseScript }, { commandsIn, entryFor }, { createScriptAgent }, { expectCommands }, { withinPolicy }] =
    await Promise.all([
      import('../../workspace/script/read-script.ts'),
      import('../../workspace/script/script.ts'),
      import('../../workspace/script/script-agent.ts'),
      import('../../workspace/run-light.ts'),
      import('../../workspace/host/within-policy.ts'),
    ]);
  const script = await parseScript(text, file);
  if (policy !== undefined) {
    const { refuseCommand } = await import('../../policy/mission-policy.ts');
    for (const argv of commandsIn(script)) refuseCommand(policy, argv);
  }
  const open = ({ scratch }: Pick<WorkPlace, 'scratch'>): Agent =>
    withinPolicy(createScriptAgent(script, { scratch, path: readConfig().path }), policy);
  const light = open({ scratch: '' });
  return {
    performer: (task) => ({ name: light.name, version: light.versionFor(task) }),
    canDo: (task) => entryFor(script, task) !== undefined,
    words: Object.keys(script.tasks ?? {}),
    ...(commandsIn(script).length > 0 && { expect: expectCommands }),
    open,
  };
}

const PERFORMERS: Record<Task['ability'], () => Performer> = {
  'contract-compiler': () => ({ name: 'compiler', version: COMPILER_VERSION }),
  qa: () => (qa ??= { name: 'qa', version: qaVersion() }),
  gate: () => ({ name: 'gate', version: GATE_POLICY }),
  model: () => ({ name: 'model', version: 'none' }),
};

/** Asked for every check of a graph; the tools do not change while a command runs. */
let qa: Performer | undefined;
