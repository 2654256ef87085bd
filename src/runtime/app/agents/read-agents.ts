import { dirname, resolve } from 'node:path';

import { NexusError } from '../../../base/errors.ts';
import type { AgentDefinition } from '../../workspace/host/agent-definition.ts';
import { BUILT_IN_AGENTS, RESERVED_NAMES } from '../../workspace/host/built-in-agents.ts';
import { MODEL_DEFINITION } from '../../workspace/model/model-definition.ts';
import { readConfig } from '../config.ts';
import type { Configuration } from '../source/configuration.ts';

/**
 * The agents that are known: those that are built in, with the models that a configuration gives them, and those that it adds. A configuration
 * lies in a repository, which may be anybody's: it cannot say what runs under a name that people know. Throws `CONFIG_INVALID`.
 */
export async function readAgents(config: Configuration | undefined): Promise<Map<string, AgentDefinition>> {
  const known = new Map([ownModel(), ...BUILT_IN_AGENTS].map((definition) => [definition.name, definition]));
  if (config === undefined) return known;
  for (const [name, said] of Object.entries(await agentsIn(config))) {
    const builtIn = known.get(name);
    if (builtIn !== undefined) known.set(name, modelOnly(builtIn, said, config.path));
    else if (RESERVED_NAMES.has(name)) throw invalid(config.path, `\`${name}\` is no name for an agent: it means one already.`);
    else known.set(name, definitionOf(name, said, config.path));
  }
  return known;
}

/** Our own agent; its model may be named by the environment, as its server is. */
function ownModel(): AgentDefinition {
  const model = readConfig().environment['AGENTNEXUS_MODEL'];
  return model ? { ...MODEL_DEFINITION, model } : MODEL_DEFINITION;
}

type Said = Partial<Omit<AgentDefinition, 'name'>>;

async function agentsIn(config: Configuration): Promise<Record<string, Said>> {
  const { agents = {} } = await config.sections<{ agents: Record<string, Said> }>(['agents'], ({ path, message }) =>
    invalid(config.path, `At ${path}: ${message}.`),
  );
  return agents;
}

function modelOnly(builtIn: AgentDefinition, said: Said, path: string): AgentDefinition {
  const { model, ...more } = said;
  const [other] = Object.keys(more);
  if (other !== undefined) {
    throw invalid(path, `The agent \`${builtIn.name}\` is built in: \`model\` can be said of it, and not \`${other}\`.`);
  }
  return model === undefined ? builtIn : { ...builtIn, model };
}

function definitionOf(name: string, said: Said, path: string): AgentDefinition {
  const { command, protocol = 'acp', env = {}, ...more } = said;
  if (command === undefined) throw invalid(path, `The agent \`${name}\` has no \`command\`.`);
  const [program, ...args] = command;
  // Seen from where it is written, as everything in that file.
  const found = /[/\\]/.test(program) ? resolve(dirname(path), program) : program;
  return { ...more, name, protocol, command: [found, ...args], env };
}

function invalid(file: string, message: string): NexusError {
  return new NexusError('CONFIG_INVALID', `${file}: ${message}`, {
    hint: 'docs/agents.md shows how agents are written down.',
    details: { file },
  });
}
