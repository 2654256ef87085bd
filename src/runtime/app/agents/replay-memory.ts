import type { Digest } from '../../../base/digest.ts';
import { NexusError } from '../../../base/errors.ts';
import { canonicalBytes, isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import { agentIdOf } from '../../workspace/agent.ts';
import type { AgentMemory } from '../../workspace/host/agent-memory.ts';
import type { Remembered } from '../../workspace/host/brief/brief-text.ts';
import type { MemoryServer } from '../../workspace/memory/memory-server.ts';
import type { WorkPlace } from './agent-bench.ts';
import type { MemoryUse } from './recording-of.ts';

/** The memory of a mission that is run again: it says what it said then to the same question, each answer once, and keeps nothing. */
export function replayMemory(
  uses: ReadonlyMap<string, readonly MemoryUse[]>,
  { store, atEnd, agent: name }: Pick<WorkPlace, 'store' | 'atEnd'> & { agent: string },
): Pick<WorkPlace, 'recollect' | 'memoryFor'> {
  const left = new Map([...uses].map(([agent, all]) => [agent, [...all]]));
  let listening: Promise<MemoryServer> | undefined;
  atEnd(async () => (await listening)?.close());
  const take = async (agent: string, request: JsonObject): Promise<JsonValue | undefined> => {
    // By the digest that it was kept under: secrets were taken out on the way there.
    const key: Digest = await store.put(canonicalBytes(request));
    const all = left.get(agent) ?? [];
    const at = all.findIndex((use) => use.request === key);
    const [found] = at === -1 ? [] : all.splice(at, 1);
    return found && (JSON.parse(Buffer.from(store.get(found.answer)).toString('utf8')) as JsonValue);
  };
  return {
    recollect: async (brief) => ((await take(agentIdOf(name, brief), { use: 'recall' })) ?? []) as unknown as Remembered[],
    async memoryFor({ brief, terms, record }) {
      const agent = agentIdOf(name, brief);
      const scopes = scopesIn(await take(agent, { use: 'open' })) ?? terms.memory;
      if (scopes.read.length + scopes.write.length === 0) return undefined;
      const server = await (listening ??= listen());
      const replay = async (request: JsonObject): Promise<string> => textOf(await take(agent, request));
      return { pass: server.open({ ...NOTHING, ...scopes, record, replay }), address: server.address, scopes };
    },
  };
}

/** Nothing is looked up, and nothing kept. */
const NOTHING = {
  memory: { search: () => Promise.reject(missed()) },
  add: () => Promise.reject(missed()),
};

async function listen(): Promise<MemoryServer> {
  const { openMemoryServer } = await import('../../workspace/memory/memory-server.ts');
  return openMemoryServer();
}

function scopesIn(answer: JsonValue | undefined): AgentMemory['scopes'] | undefined {
  if (!isJsonObject(answer)) return undefined;
  const names = (value: JsonValue | undefined): string[] =>
    Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
  return { read: names(answer['read']), write: names(answer['write']) };
}

function textOf(answer: JsonValue | undefined): string {
  if (!isJsonObject(answer)) throw missed();
  if (typeof answer['text'] === 'string') return answer['text'];
  throw new NexusError('MEMORY_INVALID', typeof answer['error'] === 'string' ? answer['error'] : 'It failed.');
}

/** For the agent to read; what its model is then asked is in no recording either. */
function missed(): NexusError {
  return new NexusError('MEMORY_INVALID', 'The recording has no answer of the memory to this.');
}
