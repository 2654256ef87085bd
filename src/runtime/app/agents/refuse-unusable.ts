import { join } from 'node:path';

import { NexusError } from '../../../base/errors.ts';
import { refuseClosedWay } from '../../workspace/sandbox/prepare-folders.ts';
import type { CallContext } from '../operations.ts';
import type { AgentSource } from '../read-agent.ts';

const WARNING =
  'WARNING: --unsafe-no-sandbox: the agent runs as you, without walls. It can read and change whatever you can, and send it anywhere. ' +
  'The log and the evidence say so.';

/** Nothing is begun with an agent that cannot work here. Throws `SANDBOX_MISSING`, `AGENT_UNAVAILABLE`. */
export async function refuseUnusable(
  source: AgentSource,
  { onNotice }: Pick<CallContext, 'onNotice'>,
  dir: string,
): Promise<void> {
  if (source.name !== 'hosted') return;
  const { definition, unconfined } = source;
  const { usability } = await import('./usability.ts');
  const { missing } = await usability(definition, { unconfined });
  const [first] = missing;
  if (first !== undefined) {
    const code = first.of === 'sandbox' ? 'SANDBOX_MISSING' : 'AGENT_UNAVAILABLE';
    throw new NexusError(code, `The agent \`${definition.name}\` cannot work here: ${first.what}.`, {
      hint: first.hint,
      details: { agent: definition.name, missing },
    });
  }
  if (unconfined) onNotice?.(WARNING);
  // As root an agent is somebody else, who must get to the copies that it works in.
  else if (process.getuid?.() === 0) refuseClosedWay(join(dir, 'tmp', 'agent', 'product'));
}
