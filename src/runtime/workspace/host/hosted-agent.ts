import { basename, isAbsolute } from 'node:path';

import { type Digest, digestOf } from '../../../base/digest.ts';
import type { JsonValue } from '../../../base/json.ts';
import type { Task } from '../../../spec/model.ts';
import type { Chronicle } from '../../policy/agent-event.ts';
import { type Agent, agentIdOf, type Brief } from '../agent.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Limits, Sandbox } from '../sandbox/sandbox.ts';
import type { AcpLimits } from './acp/run-turn.ts';
import type { AgentDefinition } from './agent-definition.ts';
import type { AgentMemory, MemoryAttempt } from './agent-memory.ts';
import { briefTemplate } from './brief/brief-template.ts';
import type { Remembered } from './brief/brief-text.ts';
import type { Docket } from './docket.ts';
import type { Terms } from './terms.ts';

/** Bumped when the same definition and brief would make another thing of it. */
const HOST_VERSION = '2';

/** How an attempt that asks is called, where its questions are written down, and when it is over. */
export interface AskTold {
  agent: string;
  chronicle: Chronicle;
  signal: AbortSignal;
}

/** What an agent's host works with. */
export interface HostBench {
  /** Folder for the copies that agents work in; each is removed after its attempt. */
  scratch: string;
  /** PATH, on which programs are found, and which agents get. */
  path: string;
  /** Variables that a profile may hand on. */
  environment: Readonly<Record<string, string | undefined>>;
  /** Folders that no agent may look into, whatever lies in them: absolute. */
  secret: readonly string[];
  sandbox: Sandbox;
  termsFor(task: Task): Terms;
  /** Keeps what an agent was told. */
  keep(content: Uint8Array): Promise<Digest>;
  /** The environment that gives a process the secrets of these names; rejects if one is not to be had. Without it nobody is given any. */
  secretsFor?: (names: readonly string[]) => Promise<Readonly<Record<string, string>>>;
  /** Takes the secrets that were given out of what is written down. */
  redact?: (text: string) => string;
  /** What is known that bears on the task. */
  recall?: (brief: Brief) => Promise<readonly Remembered[]>;
  /** The memory as tools for one attempt; undefined where its profile names no scope. */
  memoryFor?: (attempt: MemoryAttempt) => Promise<AgentMemory | undefined>;
  /** Puts to a person what a profile leaves open; without it everything of that kind is denied. */
  ask?: (brief: Brief, told: AskTold) => NonNullable<ConstructorParameters<typeof Docket>[0]['ask']>;
  gateway?: Gateway;
  /** The mission whose models answer again as they did then. */
  replayOf?: string;
  limits?: Partial<Limits>;
  /** How long one waits for agents that are spoken with. */
  acp?: Partial<AcpLimits>;
}

/** What decides, beside brief and terms, what a defined agent does. */
export function definitionVersion(definition: AgentDefinition): string {
  const { install: _, command, ...named } = definition;
  // Where a program lies differs from machine to machine; which it is, does not.
  const decisive = { ...named, command: command.map((word) => (isAbsolute(word) ? basename(word) : word)) };
  const said = definition.version === undefined ? '' : `${definition.version}+`;
  return `${said}${HOST_VERSION}+${digestOf(JSON.parse(JSON.stringify(decisive)) as JsonValue)}`;
}

/** What a hosted task is made from besides: by name, so that `explain` can say what has changed. */
export function hostedInputs(task: Task, { terms, sandbox }: { terms: Pick<Terms, 'digest'>; sandbox: string }) {
  return { 'brief template': briefTemplate(task.kind).digest, 'capability profile': terms.digest, sandbox };
}

/**
 * An agent that is a program of its own. Each attempt: a fresh copy of what the task may see, walls around it, one turn, and then a look at what it
 * has left, which alone counts.
 */
export function createHostedAgent(definition: AgentDefinition, bench: HostBench): Agent {
  return {
    name: definition.name,
    versionFor: () => definitionVersion(definition),
    inputsFor: (task) => hostedInputs(task, { terms: bench.termsFor(task), sandbox: bench.sandbox.name }),
    grantFor: (task) => ({
      energy: bench.termsFor(task).energy,
      sandbox: bench.sandbox.name,
      ...(bench.replayOf !== undefined && { replayOf: bench.replayOf }),
    }),
    async perform(brief, signal, chronicle) {
      const { hostAttempt } = await import('./host-attempt.ts');
      const agent = agentIdOf(definition.name, brief);
      return hostAttempt(brief, { definition, bench, agent, signal, chronicle });
    },
  };
}
