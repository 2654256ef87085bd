import { resolve } from 'node:path';

import { NexusError } from '../../base/errors.ts';
import type { Task } from '../../spec/model.ts';
import type { MissionSettings } from '../mission/settings.ts';
import type { Performer } from '../mission/task-key.ts';
import type { Walls } from '../qa/walls.ts';
import { qaVersion } from '../qa/version.ts';
import type { ContentStore } from '../vault/content-store.ts';
import { GATE_POLICY } from '../vault/gate.ts';
import type { Agent } from '../workspace/agent.ts';
import { COMPILER_VERSION } from '../workspace/compiler/version.ts';
import { readScriptText } from '../workspace/script/read-script.ts';
import { readConfig } from './config.ts';

/** Who does which task here. */
export interface Roster {
  /** Who does a task, and in which version: light to ask, since a run that finds everything cached asks for nothing else. */
  performerOf: (task: Task) => Performer;
  /** Whether anybody here can do the task. */
  canDo: (task: Task) => boolean;
  /** The agents, ready to work; `scratch` is the folder for their copies. */
  open: (scratch: string) => Promise<(task: Task) => Agent | undefined>;
  /** What the tests of its products run in, where nobody has read the code: then they run in it or not at all. */
  walls?: () => Promise<Walls | undefined>;
}

/** What tasks with the ability `model` are done by. */
interface Worker {
  performer: (task: Task) => Performer;
  canDo: (task: Task) => boolean;
  open: (scratch: string) => Agent;
}

/** What `--agent` names, read: the embedded agent alone, or a script too. */
export type AgentSource = { name: 'compiler' } | { name: 'script'; file: string; text: string };

/** Reads `--agent`: `compiler`, which is always there, or `script:FILE`. Throws `USAGE`, `NOT_BUILT`, `SCRIPT_INVALID`. */
export function readAgent(agent = 'compiler', { cwd }: { cwd: string }): AgentSource {
  if (agent === 'compiler') return { name: 'compiler' };
  if (agent.startsWith('script:') && agent.length > 'script:'.length) {
    const file = resolve(cwd, agent.slice('script:'.length));
    return { name: 'script', file, text: readScriptText(file) };
  }
  if (PLANNED.has(agent)) {
    throw new NexusError('NOT_BUILT', `The agent \`${agent}\` cannot be plugged in yet.`, {
      hint: 'Leave --agent out: what needs a model is then not done. `--agent script:FILE` does what a file says (docs/script-agent.md).',
      details: { agent },
    });
  }
  throw new NexusError('USAGE', `There is no agent \`${agent}\`.`, {
    hint: 'Agents are `compiler`, which is built in, and `script:FILE`, which does what a file says (docs/script-agent.md).',
  });
}

/** Agents that the design names and this version cannot run. */
const PLANNED: ReadonlySet<string> = new Set(['model', 'exec', 'claude', 'codex', 'gemini', 'opencode', 'goose']);

/** Puts what the agent does into the store, so that the mission can be resumed without its file. */
export async function keepAgent(source: AgentSource, store: ContentStore): Promise<Pick<MissionSettings, 'agent'>> {
  if (source.name === 'compiler') return {};
  return { agent: { name: source.name, script: await store.put(Buffer.from(source.text)) } };
}

/** The agent that a mission was started with. */
export function agentOf({ agent }: MissionSettings, store: ContentStore): AgentSource {
  if (agent?.script === undefined) return { name: 'compiler' };
  return { name: 'script', file: agent.script, text: Buffer.from(store.get(agent.script)).toString('utf8') };
}

/** The roster with this agent in it. Throws `SCRIPT_INVALID`. */
export async function openRoster(source: AgentSource): Promise<Roster> {
  const worker = source.name === 'script' ? await scriptWorker(source) : undefined;
  return {
    performerOf: (task) =>
      task.ability === 'model' && worker !== undefined ? worker.performer(task) : PERFORMERS[task.ability](),
    canDo: (task) => task.ability !== 'model' || worker?.canDo(task) === true,
    async open(scratch) {
      const { createCompiler } = await import('../workspace/compiler/compiler.ts');
      const [compiler, other] = [createCompiler(), worker?.open(scratch)];
      return ({ ability }) => (ability === 'contract-compiler' ? compiler : ability === 'model' ? other : undefined);
    },
  };
}

async function scriptWorker({ text, file }: { text: string; file: string }): Promise<Worker> {
  const [{ parseScript }, { entryFor }, { createScriptAgent }] = await Promise.all([
    import('../workspace/script/read-script.ts'),
    import('../workspace/script/script.ts'),
    import('../workspace/script/script-agent.ts'),
  ]);
  const script = await parseScript(text, file);
  const open = (scratch: string): Agent => createScriptAgent(script, { scratch, path: readConfig().path });
  const light = open('');
  return {
    performer: (task) => ({ name: light.name, version: light.versionFor(task) }),
    canDo: (task) => entryFor(script, task) !== undefined,
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
