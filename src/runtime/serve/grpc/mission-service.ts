import type { MessageShape } from '@bufbuild/protobuf';
import type { ConnectRouter, HandlerContext } from '@connectrpc/connect';

import { NexusError } from '../../../base/errors.ts';
import type { JsonObject } from '../../../base/json.ts';
import { CONTRACTS } from '../../app/operation-contracts.ts';
import type { OperationName } from '../../app/operations.ts';
import type { Counter } from '../counter.ts';
import type { FeedEvent } from '../event-feed.ts';
import { whileGood } from '../principal.ts';
import { routeOf } from '../routes.ts';
import { pulledEvents } from './event-queue.ts';
import {
  GetMissionResponseSchema,
  type ListMissionsRequest,
  ListMissionsResponseSchema,
  MissionSchema,
  MissionService,
  type SteerMissionRequest,
  type SubmitMissionRequest,
  type WatchEventsRequest,
  WatchEventsResponseSchema,
} from './generated/agentnexus/v1/mission_service_pb.ts';
import { messageOf, struct } from './message.ts';
import { caller, given, streaming, unary } from './rpc.ts';

const WORDS = ['pause', 'resume', 'cancel', 'retry', 'approve', 'reject', 'prioritise'] as const;

/** `agentnexus.v1.MissionService`. */
export function missionService(router: ConnectRouter, counter: Counter, stop: AbortSignal): void {
  router.service(MissionService, {
    submitMission: unary(counter, async (request: SubmitMissionRequest, context) => {
      const who = await caller(counter, { scope: CONTRACTS.apply.scope, operation: 'apply' }, context);
      const named = request.specification === '' ? {} : { specification: request.specification };
      const { text } = await counter.submit({ ...request.options, ...named }, { key: given(request.idempotencyKey), who });
      return { mission: messageOf(MissionSchema, struct(text)) };
    }),
    getMission: unary(counter, async ({ mission }: { mission: string }, context) => {
      const document = await asked(counter, { operation: 'status', input: { mission }, context });
      return messageOf(GetMissionResponseSchema, { mission: document, tasks: document['items'] });
    }),
    listMissions: unary(counter, async ({ states, pageSize, pageToken }: ListMissionsRequest, context) => {
      const page = { limit: pageSize === 0 ? 100 : pageSize, ...(pageToken === '' ? {} : { after: pageToken }) };
      const input = { ...(states.length === 0 ? {} : { states }), ...page };
      const { items, next } = await asked(counter, { operation: 'missions', input, context });
      return messageOf(ListMissionsResponseSchema, { missions: items, nextPageToken: next });
    }),
    steerMission: unary(counter, async ({ mission, word, task, note, priority }: SteerMissionRequest, context) => {
      const operation = WORDS.find((each) => each === word);
      if (operation === undefined) throw unknownWord(word);
      const said = Object.entries({ task, note, priority }).filter(([, text]) => text !== '');
      const input = { mission, ...Object.fromEntries(said) };
      return { mission: messageOf(MissionSchema, await asked(counter, { operation, input, context })) };
    }),
    watchEvents: streaming(counter, async function* watch(request: WatchEventsRequest, context: HandlerContext) {
      const who = await caller(counter, { scope: 'missions:read', mission: given(request.mission) }, context);
      const options = counter.from(given(request.after), given(request.mission));
      let cursor = counter.feed.cursorOf(options.after);
      const signal = whileGood(who, AbortSignal.any([context.signal, stop]));
      for await (const event of pulledEvents(counter.feed, { ...options, signal })) {
        cursor = event.cursor;
        yield watched(event);
      }
      if (!stop.aborted) yield { message: { case: 'closed', value: { cursor } } } as const;
    }),
  });
}

async function asked(
  counter: Counter,
  { operation, input, context }: { operation: OperationName; input: JsonObject; context: HandlerContext },
): Promise<JsonObject> {
  const { mission: named = '', ...rest } = input;
  const mission = typeof named === 'string' ? given(named) : undefined;
  const who = await caller(counter, { scope: CONTRACTS[operation].scope, operation, mission }, context);
  const query = rest as Record<string, string[]>;
  const request = { params: mission === undefined ? {} : { mission }, query, body: rest };
  return struct((await counter.perform(routeOf(operation), request, who)).text);
}

function watched({ text }: FeedEvent): MessageShape<typeof WatchEventsResponseSchema> {
  return messageOf(WatchEventsResponseSchema, { event: JSON.parse(text) as object });
}

function unknownWord(word: string): NexusError {
  return new NexusError('USAGE', `There is no word \`${word}\` that can be said to a mission.`, {
    hint: `Say one of ${WORDS.join(', ')}.`,
  });
}
