import { homedir } from 'node:os';
import { join } from 'node:path';

import { cleanEnvironment } from '../process.ts';
import { type Confinement, DEFAULT_LIMITS } from '../sandbox/sandbox.ts';
import type { AgentDefinition } from './agent-definition.ts';
import type { AgentMemory } from './agent-memory.ts';
import { fillIn, type Given } from './fill-in.ts';
import { commandFolders } from './find-program.ts';
import type { HostBench } from './hosted-agent.ts';
import { bridgeCommand } from './memory-bridge.ts';
import type { Terms } from './terms.ts';
import type { WorkingCopy } from './working-copy.ts';

interface Around {
  bench: HostBench;
  terms: Terms;
  copy: WorkingCopy;
  program: string;
  given: Given;
  /** Secrets by name, for this process alone. */
  secrets: Readonly<Record<string, string>>;
  memory: AgentMemory | undefined;
}

/** The walls around a defined agent for one attempt. */
export function confinementOf(
  definition: AgentDefinition,
  { bench, terms, copy, program, given, secrets, memory }: Around,
): Confinement {
  const own = Object.fromEntries(Object.entries(definition.env).map(([name, value]) => [name, fillIn(value, given)]));
  return {
    workspace: copy.product,
    home: copy.home,
    temp: copy.temp,
    read: [
      ...commandFolders([program, ...definition.command, ...(memory === undefined ? [] : bridgeCommand(memory.pass.url))]),
      ...(definition.read ?? []).map(expanded),
    ],
    denyRead: [homedir(), ...bench.secret],
    denyWrite: [],
    hosts: [
      ...terms.hosts,
      ...(bench.gateway === undefined || definition.dialect === undefined ? [] : [bench.gateway.address]),
      ...(memory === undefined ? [] : [memory.address]),
    ],
    env: { ...cleanEnvironment(copy.home), PATH: bench.path, ...handedOn(bench, terms), ...secrets, ...own },
    limits: { ...DEFAULT_LIMITS, ...bench.limits },
  };
}

function handedOn({ environment }: HostBench, { env }: Terms): Record<string, string> {
  return Object.fromEntries(env.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])));
}

const expanded = (path: string): string => (path.startsWith('~/') ? join(homedir(), path.slice(2)) : path);
