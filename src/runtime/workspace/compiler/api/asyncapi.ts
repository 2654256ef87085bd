import type { JsonObject } from '../../../../base/json.ts';
import type { ComponentFragment, InterfaceFragment } from '../fragments.ts';
import { oneLine } from '../literal.ts';
import { asciiName, type Operation } from './operation.ts';
import { payloadName, payloadSchema } from './openapi.ts';

export const EVENT_KINDS: ReadonlySet<InterfaceFragment['kind']> = new Set(['topic', 'channel', 'stream', 'websocket']);

/** AsyncAPI 3.0 of a component's topics, channels, streams and WebSockets; undefined if it has none. */
export function asyncApi(component: ComponentFragment, operations: readonly Operation[]): JsonObject | undefined {
  const sends = operations.flatMap((operation) =>
    operation.of && EVENT_KINDS.has(operation.of.kind) ? [{ ...operation, of: operation.of }] : [],
  );
  if (sends.length === 0) return undefined;
  const messages = new Map(
    sends.map(({ input }) => [payloadName(input), { name: payloadName(input), payload: payloadSchema(input) }]),
  );
  return {
    asyncapi: '3.0.0',
    info: {
      title: oneLine(component.name) || component.slug,
      version: '0.1.0',
      description: component.responsibilities.map(oneLine).join(' '),
    },
    channels: Object.fromEntries(sends.map((send) => [channelId(send), channel(send)])),
    operations: Object.fromEntries(sends.map((send) => [asciiName(send.name), sendOperation(send)])),
    components: { messages: Object.fromEntries(messages) },
  };
}

type Send = Operation & { of: InterfaceFragment };

function channelId(send: Send): string {
  return asciiName(send.name.replace(/^publish/, '').replace(/^./u, (first) => first.toLowerCase()) || 'channel');
}

function channel({ of, doc, input }: Send): JsonObject {
  return {
    address: addressOf(of),
    description: doc,
    messages: { [payloadName(input)]: { $ref: `#/components/messages/${payloadName(input)}` } },
    ...(of.kind === 'websocket' ? { bindings: { ws: { method: 'GET' } } } : {}),
  };
}

/** The address without a scheme: servers say how it is reached. */
function addressOf({ name }: InterfaceFragment): string {
  return oneLine(name).replace(/^[a-z][a-z0-9+.-]*:\/\//i, '');
}

function sendOperation(send: Send): JsonObject {
  const id = channelId(send);
  return {
    action: 'send',
    channel: { $ref: `#/channels/${id}` },
    summary: send.doc,
    messages: [{ $ref: `#/channels/${id}/messages/${payloadName(send.input)}` }],
  };
}
