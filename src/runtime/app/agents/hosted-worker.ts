import { join } from 'node:path';

import { loadProfiles } from '../../policy/load-profiles.ts';
import type { Agent } from '../../workspace/agent.ts';
import type { AgentDefinition } from '../../workspace/host/agent-definition.ts';
import { createHostedAgent, definitionVersion, hostedInputs } from '../../workspace/host/hosted-agent.ts';
import type { Worker } from '../roster.ts';
import { hostBench, sandboxFor, termsFrom, type WorkPlace } from './agent-bench.ts';

/** An agent that is a program of its own, for the tasks that need a model. `dir`: the workspace's folder, whether it is there or not. */
export async function hostedWorker(
  { definition, unconfined }: { definition: AgentDefinition; unconfined: boolean },
  dir: string,
): Promise<Worker> {
  const [profiles, sandbox] = await Promise.all([loadProfiles(join(dir, 'profiles')), sandboxFor({ unconfined })]);
  const termsFor = termsFrom(profiles);
  const version = definitionVersion(definition);
  return {
    performer: (task) => ({
      name: definition.name,
      version,
      inputs: hostedInputs(task, { terms: termsFor(task), sandbox: sandbox.name }),
    }),
    canDo: () => true,
    open: (place: WorkPlace): Agent => createHostedAgent(definition, hostBench(place, { sandbox, termsFor })),
  };
}
