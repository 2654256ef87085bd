import type { InterfaceKind } from '../../model.ts';

const METHODS = 'GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|QUERY';
export const ROUTE = new RegExp(`^(${METHODS})\\s+(/\\S*)$`, 'i');

/** Addresses that say what they are, whatever the words around them. */
const BY_ADDRESS: readonly [RegExp, InterfaceKind][] = [
  [ROUTE, 'rest'],
  [/^wss?:\/\//i, 'websocket'],
  [/^(?:s3|gs|az|abfss?):\/\//i, 'bucket'],
  [/^(?:kafka|nats|amqps?|mqtts?):\/\//i, 'topic'],
  [/^rediss?:\/\//i, 'channel'],
  [/^file:\/\//i, 'file-store'],
];

/** Words before or after an address, most telling first: a `Kafka stream` is a topic, a `WebSocket channel` no Redis one. */
const BY_WORDS: readonly [RegExp, InterfaceKind][] = [
  [/\b(?:grpc|protobuf)\b/i, 'grpc'],
  [/\bweb ?sockets?\b|\bws\b/i, 'websocket'],
  [/\bweb ?hooks?\b|\bhooks?\b/i, 'hook'],
  [/\b(?:metrics?|prometheus|push ?gateway)\b/i, 'metrics'],
  [/\b(?:buckets?|s3|object stor(?:e|age)|blobs?)\b/i, 'bucket'],
  [/\b(?:sql|views?|warehouse|tables?)\b/i, 'sql-view'],
  [/\b(?:topics?|kafka|event bus|nats|queues?)\b/i, 'topic'],
  [/\b(?:streams?|event feed)\b/i, 'stream'],
  [/\b(?:redis|channels?|pub\/?sub)\b/i, 'channel'],
  [/\b(?:cli|command(?:s|[- ]line)?)\b/i, 'cli'],
  [/\b(?:files?|file-backed|filesystem|folders?|director(?:y|ies)|stores?)\b/i, 'file-store'],
  [/\b(?:rest|https?|endpoints?|api)\b/i, 'rest'],
];

/** Kinds that are nothing without an address; words alone then tell of a tool that is used. */
const NEEDS_ADDRESS: ReadonlySet<InterfaceKind> = new Set([
  'rest',
  'grpc',
  'cli',
  'websocket',
  'topic',
  'channel',
  'stream',
  'sql-view',
]);
const TOOL = /\b(?:integrations?|sdk|librar(?:y|ies)|plug-?ins?|runners?|tools?|adapters?|cli|clients?)\b/i;

/** What an interface is; undefined if neither its address nor the words around it tell. */
export function interfaceKind(words: string, address: string | undefined): InterfaceKind | undefined {
  if (address === undefined) return kindWithoutAddress(words);
  return firstMatch(BY_ADDRESS, address) ?? firstMatch(BY_WORDS, words) ?? (address.startsWith('/') ? 'rest' : undefined);
}

function kindWithoutAddress(words: string): InterfaceKind | undefined {
  const kind = firstMatch(BY_WORDS, words);
  if (kind !== undefined && !NEEDS_ADDRESS.has(kind)) return kind;
  return TOOL.test(words) ? 'tool' : undefined;
}

function firstMatch(table: readonly [RegExp, InterfaceKind][], text: string): InterfaceKind | undefined {
  return table.find(([pattern]) => pattern.test(text))?.[1];
}
