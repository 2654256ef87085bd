import type { MissionPolicy } from '../../policy/mission-policy.ts';
import type { Agent } from '../../workspace/agent.ts';
import type { AgentDefinition } from '../../workspace/host/agent-definition.ts';
import { createHostedAgent, definitionVersion, hostedInputs } from '../../workspace/host/hosted-agent.ts';
import type { Gateway } from '../../workspace/gateway/gateway.ts';
import { readConfig } from '../config.ts';
import type { Worker } from '../host/roster.ts';
import { modelServers } from './model-servers.ts';
import { hostBench, termsIn, type WorkPlace } from './agent-bench.ts';
import { sandboxFor } from '../judging/sandbox-for.ts';

/** An agent that is a program of its own, for the tasks that need a model. `dir`: the workspace's folder, whether it is there or not. */
export async function hostedWorker(
  { definition, unconfined, replay }: { definition: AgentDefinition; unconfined: boolean; replay?: string | undefined },
  { dir, policy }: { dir: string; policy: MissionPolicy | undefined },
): Promise<Worker> {
  const termsFor = termsIn(dir, policy);
  const sandbox = await sandboxFor({ unconfined });
  const version = definitionVersion(definition);
  return {
    performer: (task) => ({
      name: definition.name,
      version,
      inputs: hostedInputs(task, { terms: termsFor(task), sandbox: sandbox.name }),
    }),
    canDo: () => true,
    async open(place: WorkPlace): Promise<Agent> {
      const gateway = definition.dialect === undefined ? undefined : await openWay(place, replay);
      const then = replay === undefined ? {} : await rememberedThen(place, replay, definition.name);
      const bench = hostBench({ ...place, ...then }, { sandbox, termsFor, gateway });
      return createHostedAgent(definition, { ...bench, ...(replay !== undefined && { replayOf: replay }) });
    },
  };
}

/** The memory as it was: a mission that is run again neither asks it anew nor adds to it. */
async function rememberedThen(place: WorkPlace, mission: string, agent: string) {
  const { replayMemory } = await import('./replay-memory.ts');
  return replayMemory(place.memoryUsesOf(mission), { store: place.store, atEnd: place.atEnd, agent });
}

/** Bytes of a key that is one; servers of one's own are given words like `lm-studio`, which stand in texts by chance. */
const SHORTEST_KEY = 16;

/** The way to the models, or, where a mission is replayed, to what they said then. It ends with the mission. */
async function openWay(
  { store, recordingOf, redactor, secretNamed, atEnd }: WorkPlace,
  replay: string | undefined,
): Promise<Gateway> {
  const { openGateway } = await import('../../workspace/gateway/open-gateway.ts');
  const upstreams = modelServers(readConfig().environment, secretNamed);
  // What an agent says may hold a key too, if only because it lay about where it could read.
  for (const { key } of Object.values(upstreams))
    if (typeof key === 'string' && Buffer.byteLength(key) >= SHORTEST_KEY) redactor.add('MODEL_KEY', key);
  const secrets = (): readonly string[] => redactor.values();
  const recording = replay === undefined ? {} : { recording: recordingOf(replay) };
  const gateway = await openGateway({ upstreams, store, secrets, ...recording });
  atEnd(() => gateway.close());
  return gateway;
}
