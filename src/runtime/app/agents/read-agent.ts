import { resolve } from 'node:path';

import { NexusError } from '../../../base/errors.ts';
import { CONFIG_FILE } from '../../../spec/levels/level-rules.ts';
import type { AgentDefinition } from '../../workspace/host/agent-definition.ts';
import type { CallContext } from '../operations.ts';
import type { Configuration } from '../source/configuration.ts';

/** What `--agent` names, read: the embedded agent alone, or a script or a program too. */
export type AgentSource =
  | { name: 'compiler' }
  | { name: 'script'; file: string; text: string }
  | { name: 'hosted'; definition: AgentDefinition; unconfined: boolean; replay?: string };

interface AgentInput {
  agent?: string | undefined;
  bundle?: string | undefined;
  unsafeNoSandbox?: boolean | undefined;
  /** The mission that is run again from what was recorded of it. */
  replay?: string | undefined;
}

interface AgentContext extends Pick<CallContext, 'cwd' | 'workspace'> {
  /** The one beside the bundle, where it lies on this machine: it may define the agent. */
  config: Configuration | undefined;
}

/**
 * Reads `--agent`: `compiler`, which is always there, `script:FILE`, an agent that is built in, or one that the bundle's configuration
 * defines. Throws `USAGE`, `SCRIPT_INVALID`, `CONFIG_INVALID`.
 */
export async function readAgent(input: AgentInput, context: AgentContext): Promise<AgentSource> {
  if (input.replay !== undefined) return (await import('./replay-source.ts')).replaySource(input.replay, input, context);
  const { agent = 'compiler', unsafeNoSandbox: unconfined = false } = input;
  if (agent === 'compiler') return { name: 'compiler' };
  if (agent.startsWith('script:') && agent.length > 'script:'.length) {
    const file = resolve(context.cwd, agent.slice('script:'.length));
    const { readScriptText } = await import('../../workspace/script/read-script-text.ts');
    return { name: 'script', file, text: readScriptText(file) };
  }
  const { readAgents } = await import('./read-agents.ts');
  const agents = await readAgents(context.config);
  const definition = agents.get(agent);
  if (definition !== undefined) return { name: 'hosted', definition, unconfined };
  throw new NexusError('USAGE', `There is no agent \`${agent}\`.`, {
    hint: `Agents are \`compiler\`, which is built in, \`script:FILE\`, ${[...agents.keys()].join(', ')}; others go into ${CONFIG_FILE} (docs/agents.md).`,
  });
}
