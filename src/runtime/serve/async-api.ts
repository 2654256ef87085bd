import type { JsonObject } from '../../base/json.ts';
import { PRODUCT_VERSION } from '../../base/version.ts';
import { BATCH, BATCH_SCHEMA, CURSOR_SCHEMA, EVENT_SCHEMA } from './event-batch.ts';

/** AsyncAPI 3.0 of the streams: WebSocket and server-sent events tell the same events. */
export function asyncApi(): JsonObject {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'AgentNexus streams',
      version: PRODUCT_VERSION,
      description:
        'Entries of the log as CloudEvents 1.0, each once and in order. Whoever comes back with the last cursor gets exactly what was missed.',
    },
    defaultContentType: 'application/json',
    channels: {
      missionEvents: webSocket('/v1/mission-events', 'Everything, or one mission.'),
      specLogs: webSocket('/v1/spec.logs', 'The audit stream: who sent, began, decided and was denied what.'),
      eventStream: serverSent('/v1/events/stream', 'Everything from now on, as server-sent events.'),
      missionStream: {
        ...serverSent('/v1/missions/{mission}/events/stream', 'One mission from its beginning to its end.'),
        parameters: { mission: { description: 'Id, a unique prefix of one, or `latest`.' } },
      },
      eventPages: {
        address: '/v1/missions/{mission}/events',
        description: 'The events of one mission page by page.',
        messages: messages(['batch']),
        parameters: { mission: { description: 'Id, a unique prefix of one, or `latest`.' } },
        bindings: { http: { bindingVersion: '0.3.0' } },
      },
      specLogStream: serverSent('/v1/spec.logs/stream', 'The audit stream as server-sent events.'),
    },
    operations: {
      sayHello: operation('receive', 'missionEvents', ['hello']),
      tellEvents: operation('send', 'missionEvents', ['event', 'closed', 'error']),
      sayHelloToAudit: operation('receive', 'specLogs', ['hello']),
      tellAudit: operation('send', 'specLogs', ['event', 'closed', 'error']),
      streamEvents: operation('send', 'eventStream', ['event', 'closed']),
      streamMission: operation('send', 'missionStream', ['event', 'closed']),
      readPages: operation('send', 'eventPages', ['batch']),
      streamAudit: operation('send', 'specLogStream', ['event', 'closed']),
    },
    components: { messages: MESSAGES },
  };
}

const messages = (names: readonly string[]): JsonObject =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }]));

const webSocket = (address: string, description: string): JsonObject => ({
  address,
  description,
  messages: messages(['hello', 'event', 'closed', 'error']),
  bindings: { ws: { method: 'GET', bindingVersion: '0.1.0' } },
});

const serverSent = (address: string, description: string): JsonObject => ({
  address,
  description,
  messages: messages(['event', 'closed']),
});

const operation = (action: 'send' | 'receive', channel: string, names: readonly string[]): JsonObject => ({
  action,
  channel: { $ref: `#/channels/${channel}` },
  messages: names.map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` })),
});

const text = { type: 'string' };

const object = (properties: JsonObject, required: readonly string[]): JsonObject => ({ type: 'object', properties, required });

const MESSAGES: JsonObject = {
  hello: {
    summary: 'The first message of a client; the token is in it, so that it stands in no address.',
    payload: object({ type: { const: 'hello' }, token: text, after: CURSOR_SCHEMA, mission: text }, ['type', 'token']),
  },
  event: {
    summary: 'An entry of the log.',
    contentType: 'application/cloudevents+json',
    payload: EVENT_SCHEMA,
  },
  batch: {
    summary: 'A page of entries, where `Accept` asks for it; the header `Link` says where the next one is.',
    contentType: BATCH,
    payload: BATCH_SCHEMA,
  },
  closed: {
    summary: 'The mission is over, and all of it has been told.',
    payload: object({ type: { const: 'closed' }, cursor: CURSOR_SCHEMA }, ['cursor']),
  },
  error: {
    summary: 'Why nothing is told.',
    payload: object({ type: { const: 'error' }, code: text, message: text, hint: text }, ['type', 'code', 'message']),
  },
};
