import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { objectIn, textIn } from './members.ts';

/** A message of an AsyncAPI document, and which way it goes as the document's own application sees it. */
export interface Message {
  key: string;
  payload: JsonObject | undefined;
  /** Media type of the payload's schema; absent: JSON Schema. */
  format: string | undefined;
  /** `#/components/messages/Order`, or where it stands in its channel. */
  address: string | undefined;
  sent: boolean;
  received: boolean;
}

export interface Channel {
  address: string;
  description: string;
}

export function channelsOf(document: JsonObject): Channel[] {
  return Object.entries(objectIn(document, 'channels')).flatMap(([key, channel]) => {
    if (!isJsonObject(channel)) return [];
    return [
      {
        address: textIn(channel, 'address') ?? key,
        description: textIn(channel, 'title') ?? textIn(channel, 'summary') ?? textIn(channel, 'description') ?? '',
      },
    ];
  });
}

/** All messages, of the components first; none twice. */
export function messagesOf(document: JsonObject): Message[] {
  const found = new Found(document);
  const isOld = /^[12]\./.test(textIn(document, 'asyncapi') ?? '');
  for (const [key, message] of Object.entries(objectIn(objectIn(document, 'components'), 'messages'))) {
    found.add(`#/components/messages/${key}`, key, message);
  }
  if (isOld) readOldChannels(document, found);
  else readOperations(document, found);
  return found.messages;
}

/** Messages by where they stand, references followed. */
class Found {
  readonly #document: JsonObject;
  readonly #byAddress = new Map<string, Message>();

  constructor(document: JsonObject) {
    this.#document = document;
  }

  get messages(): Message[] {
    return [...this.#byAddress.values()];
  }

  /** The message at an address; one that is a reference is what it leads to. */
  add(address: string, key: string, value: JsonValue | undefined): Message | undefined {
    if (!isJsonObject(value)) return undefined;
    const target = this.#follow(address, value);
    const known = this.#byAddress.get(target.address);
    if (known !== undefined || target.value === undefined) return known;
    const message: Message = {
      ...payloadOf(target.value),
      key: nameOf(target, key),
      address: target.address,
      sent: false,
      received: false,
    };
    this.#byAddress.set(target.address, message);
    return message;
  }

  /** Follows `$ref`s within the document, a few steps at most. */
  #follow(address: string, value: JsonObject): { address: string; value: JsonObject | undefined } {
    let at: { address: string; value: JsonObject | undefined } = { address, value };
    for (let step = 0; step < 8; step++) {
      const reference = at.value?.['$ref'];
      if (typeof reference !== 'string') return at;
      if (!reference.startsWith('#/')) return { address: reference, value: undefined };
      const target = valueAt(this.#document, reference);
      at = { address: reference, value: isJsonObject(target) ? target : undefined };
    }
    return { ...at, value: undefined };
  }
}

function nameOf({ address, value }: { address: string; value: JsonObject | undefined }, key: string): string {
  const inComponents = /^#\/components\/messages\/([^/]+)$/.exec(address)?.[1];
  return inComponents === undefined
    ? ((value === undefined ? undefined : (textIn(value, 'name') ?? textIn(value, 'messageId'))) ?? key)
    : unescaped(inComponents);
}

function valueAt(document: JsonObject, reference: string): JsonValue | undefined {
  let value: JsonValue | undefined = document;
  for (const part of reference.slice(2).split('/').map(unescaped)) {
    if (!isJsonObject(value) || !Object.hasOwn(value, part)) return undefined;
    value = value[part];
  }
  return value;
}

/** JSON Pointer, RFC 6901, as a URI fragment. */
function unescaped(part: string): string {
  const plain = part.replaceAll('~1', '/').replaceAll('~0', '~');
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain;
  }
}

/** In version 3 a payload may be `{schemaFormat, schema}`. */
function payloadOf(message: JsonObject): Pick<Message, 'payload' | 'format'> {
  const payload = message['payload'];
  if (!isJsonObject(payload)) return { payload: undefined, format: undefined };
  if (typeof payload['schemaFormat'] === 'string' && isJsonObject(payload['schema']))
    return { payload: payload['schema'], format: payload['schemaFormat'] };
  return { payload, format: textIn(message, 'schemaFormat') };
}

/** Version 2: `publish` is what others send to the application, `subscribe` what it sends. */
function readOldChannels(document: JsonObject, found: Found): void {
  for (const [key, channel] of Object.entries(objectIn(document, 'channels'))) {
    if (!isJsonObject(channel)) continue;
    for (const verb of ['publish', 'subscribe'] as const) {
      const message = objectIn(objectIn(channel, verb), 'message');
      const several = Array.isArray(message['oneOf']) ? message['oneOf'] : Object.keys(message).length > 0 ? [message] : [];
      for (const [index, each] of several.entries()) {
        const place = `#/channels/${key.replaceAll('~', '~0').replaceAll('/', '~1')}/${verb}/message${several.length > 1 ? `/oneOf/${index}` : ''}`;
        const name = several.length > 1 ? `${key} ${verb} ${index + 1}` : `${key} ${verb}`;
        note(found.add(place, name, each), verb === 'subscribe' ? 'send' : 'receive');
      }
    }
  }
}

/** Version 3: operations say what they do with the messages of a channel. */
function readOperations(document: JsonObject, found: Found): void {
  for (const [key, channel] of Object.entries(objectIn(document, 'channels'))) {
    if (!isJsonObject(channel)) continue;
    for (const [name, message] of Object.entries(objectIn(channel, 'messages')))
      found.add(`#/channels/${key}/messages/${name}`, name, message);
  }
  for (const operation of Object.values(objectIn(document, 'operations'))) {
    if (!isJsonObject(operation)) continue;
    const reference = textIn(objectIn(operation, 'channel'), '$ref') ?? '';
    const named = operation['messages'];
    const messages = Array.isArray(named)
      ? named
      : Object.entries(objectOf(valueAt(document, reference), 'messages')).map(([name]): JsonValue => ({
          $ref: `${reference}/messages/${name}`,
        }));
    for (const message of messages) note(found.add(reference, reference, message), textIn(operation, 'action') ?? '');
  }
}

function note(message: Message | undefined, action: string): void {
  if (message === undefined) return;
  if (action === 'send') message.sent = true;
  if (action === 'receive') message.received = true;
}

function objectOf(value: JsonValue | undefined, key: string): JsonObject {
  return isJsonObject(value) ? objectIn(value, key) : {};
}
