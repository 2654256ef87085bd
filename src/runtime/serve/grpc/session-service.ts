import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import type { ConnectRouter, HandlerContext } from '@connectrpc/connect';

import { NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject } from '../../../base/json.ts';
import type { Entry } from '../../log/entry.ts';
import { findMission } from '../../mission/queries.ts';
import type { Counter } from '../counter.ts';
import { whileGood } from '../principal.ts';
import { pulledEvents } from './event-queue.ts';
import {
  AgentLifecycleEventSchema,
  type GetSessionRequest,
  type ListSessionsRequest,
  type Session,
  SessionSchema,
  SessionService,
  type WatchSessionsRequest,
} from './generated/workspace/session_service_pb.ts';
import { messageOf } from './message.ts';
import { caller, given, streaming, unary } from './rpc.ts';

/** The entry that tells of an agent, and the type of its event. */
const LIFECYCLE = 'agent.lifecycle';
const EVENT = `dev.agentnexus.${LIFECYCLE}`;

/** `workspace.SessionService`: who is at work, read from the log. */
export function sessionService(router: ConnectRouter, counter: Counter, stop: AbortSignal): void {
  router.service(SessionService, {
    listSessions: unary(counter, async ({ mission, task }: ListSessionsRequest, context) => {
      await caller(counter, { scope: 'missions:read', mission }, context);
      return { sessions: sessionsOf(counter, mission).filter((session) => task === '' || session.task === task) };
    }),
    getSession: unary(counter, async ({ mission, agentId }: GetSessionRequest, context) => {
      await caller(counter, { scope: 'missions:read', mission }, context);
      const session = sessionsOf(counter, mission).find((each) => each.agentId === agentId);
      if (session !== undefined) return { session };
      throw new NexusError('NOT_FOUND', `Mission ${mission} has no session ${agentId}.`, {
        hint: '`ListSessions` has them all.',
      });
    }),
    watchSessions: streaming(counter, async function* watch(request: WatchSessionsRequest, context: HandlerContext) {
      const who = await caller(counter, { scope: 'missions:read', mission: given(request.mission) }, context);
      const options = counter.from(given(request.after), given(request.mission));
      const signal = whileGood(who, AbortSignal.any([context.signal, stop]));
      for await (const event of pulledEvents(counter.feed, { ...options, signal })) {
        if (event.type !== EVENT) continue;
        const { time, subject = '', data } = JSON.parse(event.text) as { time: string; subject?: string; data: JsonObject };
        yield {
          cursor: event.cursor,
          time: timestampFromMs(Date.parse(time)),
          mission: event.mission ?? '',
          task: subject,
          event: messageOf(AgentLifecycleEventSchema, factsOf(data)),
        };
      }
    }),
  });
}

/** In the order in which they began. */
function sessionsOf({ host }: Counter, name: string): Session[] {
  const { log } = host.engine;
  const mission = findMission(log.db, name);
  const sessions = new Map<string, Session>();
  for (const entry of log.entries({ mission: mission.id, from: mission.first_seq, kinds: [LIFECYCLE] })) {
    const before = sessions.get(agentOf(entry));
    sessions.set(agentOf(entry), sessionAfter(before, entry));
  }
  return [...sessions.values()];
}

const factsOf = ({ event }: JsonObject): JsonObject => (isJsonObject(event) ? event : {});

function agentOf({ data }: Entry): string {
  const { agentId } = factsOf(data);
  return typeof agentId === 'string' ? agentId : '';
}

function sessionAfter(before: Session | undefined, { at, mission, task, data }: Entry): Session {
  const { attempt, reason, sandbox } = data;
  const facts = factsOf(data);
  const times = { spawnedAt: at, ...(facts['lifecycle'] === 'retired' ? { retiredAt: at } : {}) };
  const now = messageOf(SessionSchema, { ...facts, mission, task, attempt, reason, sandbox, ...times });
  if (before === undefined) return now;
  return { ...now, sandbox: now.sandbox || before.sandbox, ...(before.spawnedAt && { spawnedAt: before.spawnedAt }) };
}
