import { resolve } from 'node:path';

import { NexusError } from '../../base/errors.ts';
import type { Task } from '../../spec/model.ts';
import type { Performer } from '../mission/task-key.ts';
import { qaVersion } from '../qa/version.ts';
import { GATE_POLICY } from '../vault/gate.ts';
import type { Agent } from '../workspace/agent.ts';
import { COMPILER_VERSION } from '../workspace/compiler/version.ts';
import { readConfig } from './config.ts';

/** Who does which task here. */
export interface Roster {
  /** Who does a task, and in which version: light to ask, since a run that finds everything cached asks for nothing else. */
  performerOf: (task: Task) => Performer;
  /** Whether anybody here can do the task. */
  canDo: (task: Task) => boolean;
  /** The agents, ready to work; `scratch` is the folder for their copies. */
  open: (scratch: string) => Promise<(task: Task) => Agent | undefined>;
}

/** What tasks with the ability `model` are done by. */
interface Worker {
  performer: (task: Task) => Performer;
  canDo: (task: Task) => boolean;
  open: (scratch: string) => Agent;
}

/** The roster with the agent that `--agent` names: `compiler`, which is always there, or `script:FILE`. Throws `USAGE`, `SCRIPT_INVALID`. */
export async function openRoster(agent: string | undefined, { cwd }: { cwd: string }): Promise<Roster> {
  const worker = await workerFor(agent ?? 'compiler', cwd);
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

async function workerFor(agent: string, cwd: string): Promise<Worker | undefined> {
  if (agent === 'compiler') return undefined;
  if (agent.startsWith('script:') && agent.length > 'script:'.length) {
    return scriptWorker(resolve(cwd, agent.slice('script:'.length)));
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

async function scriptWorker(file: string): Promise<Worker> {
  const [{ readScript }, { entryFor }, { createScriptAgent }] = await Promise.all([
    import('../workspace/script/read-script.ts'),
    import('../workspace/script/script.ts'),
    import('../workspace/script/script-agent.ts'),
  ]);
  const script = await readScript(file);
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
