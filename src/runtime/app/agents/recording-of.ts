import { type Digest, isDigest } from '../../../base/digest.ts';
import { isJsonObject } from '../../../base/json.ts';
import type { Entry } from '../../log/entry.ts';
import type { LogReader } from '../../log/log-reader.ts';
import type { RecordedExchange } from '../../workspace/gateway/recorded.ts';
import type { Recording } from '../../workspace/gateway/replay.ts';

/** What the log has of a mission's exchanges with models. */
export function recordingOf(log: LogReader, mission: string): Recording {
  const byAgent = Map.groupBy(exchangesOf(log, mission), ({ agent }) => agent);
  return { of: (agent) => byAgent.get(agent)?.map(({ exchange }) => exchange) ?? [] };
}

/** Ids of the tasks for which a model was asked. */
export function recordedTasks(log: LogReader, mission: string): Set<string> {
  return new Set(exchangesOf(log, mission).flatMap(({ task }) => (task === undefined ? [] : [task])));
}

/** What the memory was asked, and what it said: contents in the store. */
export interface MemoryUse {
  request: Digest;
  answer: Digest;
}

/** What the log has of a mission's use of the memory, by agent, in order. */
export function memoryUsesOf(log: LogReader, mission: string): ReadonlyMap<string, MemoryUse[]> {
  const uses = new Map<string, MemoryUse[]>();
  for (const { data } of log.entries({ mission, kinds: ['memory.used'] })) {
    const { agent, request, answer } = data;
    if (typeof agent !== 'string' || typeof request !== 'string' || typeof answer !== 'string') continue;
    if (isDigest(request) && isDigest(answer)) uses.set(agent, [...(uses.get(agent) ?? []), { request, answer }]);
  }
  return uses;
}

interface Found {
  agent: string;
  task: string | undefined;
  exchange: RecordedExchange;
}

function exchangesOf(log: LogReader, mission: string): Found[] {
  return [...log.entries({ mission, kinds: ['agent.exchange'] })].flatMap((entry) => exchangeIn(entry));
}

/** An entry that is none of ours is none: the log may be of another version. */
function exchangeIn({ task, data }: Entry): Found[] {
  const { agent, exchange, request, response, usage } = data;
  if (typeof agent !== 'string' || typeof exchange !== 'number' || !isJsonObject(usage)) return [];
  if (!isDigest(request) || !isDigest(response)) return [];
  const { input, output } = usage;
  if (typeof input !== 'number' || typeof output !== 'number') return [];
  return [{ agent, task, exchange: { exchange, request, response, usage: { input, output } } }];
}
