import { join } from 'node:path';

import { NexusError } from '../../../base/errors.ts';
import { type MissionPolicy, wallsRequired } from '../../policy/mission-policy.ts';
import { refuseClosedWay } from '../../workspace/sandbox/prepare-folders.ts';
import { sandboxFor } from '../judging/sandbox-for.ts';
import type { CallContext } from '../operations.ts';
import type { AgentSource } from './read-agent.ts';

const WARNING =
  'WARNING: --unsafe-no-sandbox: the agent runs as you, without walls. It can read and change whatever you can, and send it anywhere. ' +
  'The log and the evidence say so.';

/** Nothing is begun with an agent that cannot work here, or whose work could not be tested as `policy` wants it. Throws `SANDBOX_MISSING`, `AGENT_UNAVAILABLE`. */
export async function refuseUnusable(
  source: AgentSource,
  { onNotice }: Pick<CallContext, 'onNotice'>,
  { dir, policy }: { dir: string; policy: MissionPolicy | undefined },
): Promise<void> {
  if (source.name !== 'hosted') {
    if (wallsRequired(policy)) await refuseWithoutWalls(dir);
    return;
  }
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
  else refuseClosed(dir);
}

async function refuseWithoutWalls(dir: string): Promise<void> {
  const [first] = await (await sandboxFor({ unconfined: false })).missing();
  if (first === undefined) return refuseClosed(dir);
  throw new NexusError('SANDBOX_MISSING', `The policy lets no test run without walls, and there are none here: ${first.what}.`, {
    hint: first.hint,
  });
}

/** As root, what stands in walls is somebody else, who must get to the copies that it works in. */
function refuseClosed(dir: string): void {
  if (process.getuid?.() === 0) refuseClosedWay(join(dir, 'tmp', 'agent', 'product'));
}
