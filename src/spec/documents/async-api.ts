import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { ContractDraft } from '../contracts/draft.ts';
import type { DiagnosticList } from '../diagnostic-list.ts';
import type { Draft } from '../dialect.ts';
import { fileSlug } from '../file-slug.ts';
import type { ComponentElement, Interface, SourceSpan } from '../model.ts';
import { channelsOf, type Message, messagesOf } from './async-messages.ts';
import { documentContract } from './document-contract.ts';
import { objectIn, textIn } from './members.ts';

const SCHEMAS = '#/components/schemas/';
const MESSAGES = '#/components/messages/';

interface Context {
  document: JsonObject;
  source: SourceSpan;
  diagnostics: DiagnosticList;
  /** Name of the component that the document describes. */
  party: string;
}

/** Reads an AsyncAPI 2 or 3 document: its channels are a component's interfaces, its schemas and messages contracts. */
export function readAsyncApi(document: JsonObject, source: SourceSpan, diagnostics: DiagnosticList): Draft[] {
  const party = textIn(objectIn(document, 'info'), 'title') ?? source.file;
  const context: Context = { document, source, diagnostics, party };
  const messages = messagesOf(document);
  const schemas = Object.entries(objectIn(objectIn(document, 'components'), 'schemas'));
  const taken = new Set(schemas.map(([key]) => key));
  return [
    componentOf(context),
    ...schemas.flatMap(([key, schema]) => schemaContract(key, schema, { ...context, messages })),
    ...messages.flatMap((message) => messageContract(message, { ...context, taken })),
  ];
}

function componentOf({ document, source, party }: Context): ComponentElement {
  const info = objectIn(document, 'info');
  const kind = interfaceKind(document);
  return {
    kind: 'component',
    id: `component:${fileSlug(party)}`,
    name: party,
    section: source.file,
    source,
    responsibilities: [textIn(info, 'description')?.split('\n', 1)[0] ?? `Exchanges the messages of ${party}.`],
    interfaces: channelsOf(document).map(({ address, description }): Interface => ({ kind, name: address, description, source })),
  };
}

/** What its servers speak: topics of a broker, web sockets, or just channels. */
function interfaceKind(document: JsonObject): Interface['kind'] {
  const servers = Object.values(objectIn(document, 'servers'));
  const protocols = servers.map((server) => (isJsonObject(server) ? (textIn(server, 'protocol') ?? '') : ''));
  if (protocols.some((protocol) => /^wss?$/i.test(protocol))) return 'websocket';
  return protocols.some((protocol) => /kafka|mqtt|amqp|nats|pulsar|sns|sqs|jms|redis|stomp|pubsub|solace/i.test(protocol))
    ? 'topic'
    : 'channel';
}

function schemaContract(
  key: string,
  schema: JsonValue | undefined,
  context: Context & { messages: readonly Message[] },
): ContractDraft[] {
  const { source, diagnostics, messages, party } = context;
  if (!isJsonObject(schema)) {
    const message = `The schema \`${key}\` is not an object.`;
    diagnostics.report('SPEC_SCHEMA_INVALID', source, { message, hint: 'Write a JSON Schema object.' });
    return [];
  }
  const carried = messages.filter(({ payload }) => payload?.['$ref'] === SCHEMAS + key);
  const draft = documentContract(key, schema, { source, addresses: [source.file + SCHEMAS + key] });
  return [
    withParties(draft, { sent: carried.some(({ sent }) => sent), received: carried.some(({ received }) => received), party }),
  ];
}

/** A message whose payload is a schema of its own; one that refers to a schema is that. */
function messageContract(
  message: Message,
  { source, diagnostics, taken, party }: Context & { taken: Set<string> },
): ContractDraft[] {
  const { key, payload, format, address } = message;
  if (payload === undefined) return [];
  if (format !== undefined && !/asyncapi|schema\+(?:json|yaml)/i.test(format)) {
    const text = `The payload of the message \`${key}\` is written as \`${format.slice(0, 80)}\`, and is not read.`;
    diagnostics.report('SPEC_DOCUMENT_IGNORED', source, { message: text, hint: 'Write it as JSON Schema.' });
    return [];
  }
  if (typeof payload['$ref'] === 'string' && payload['$ref'].startsWith(SCHEMAS)) return [];
  const name = taken.has(key) ? `${key} message` : key;
  taken.add(name);
  const draft = documentContract(name, payload, {
    source,
    addresses: [source.file + (address ?? `${MESSAGES}${key}`) + '/payload'],
  });
  return [withParties(draft, { ...message, party })];
}

function withParties(
  draft: ContractDraft,
  { sent, received, party }: { sent: boolean; received: boolean; party: string },
): ContractDraft {
  const own = { name: party, source: draft.source };
  return { ...draft, producers: sent ? [own] : [], consumers: received ? [own] : [] };
}
