import { type Digest, digestOf } from '../../../base/digest.ts';
import { canonicalBytes, isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';

/** One exchange as an attempt's log names it. */
export interface RecordedExchange {
  /** Position in the attempt, from 1. */
  exchange: number;
  request: Digest;
  response: Digest;
  usage: { input: number; output: number };
}

/** What a recorded answer begins with: a line of JSON. The rest is the body, frame by frame as it came. */
export interface ResponseHead {
  status: number;
  contentType: string;
  /** False: the connection broke, or was broken off, here. */
  complete: boolean;
}

export interface RecordedResponse extends ResponseHead {
  body: string;
}

/** The content of a recorded request: what went out, without the key, and in one form whatever order its members had. */
export function requestContent(dialect: string, route: string, body: JsonValue): Buffer {
  return canonicalBytes({ dialect, route, body });
}

export function responseContent({ body, ...head }: RecordedResponse): Buffer {
  return Buffer.from(`${JSON.stringify(head)}\n${body}`);
}

/** Throws `SyntaxError` for what is no recorded answer. */
export function parseResponse(content: Uint8Array): RecordedResponse {
  const text = Buffer.from(content).toString('utf8');
  const end = text.indexOf('\n');
  const head: unknown = JSON.parse(text.slice(0, end));
  if (end === -1 || !isJsonObject(head) || typeof head['status'] !== 'number' || typeof head['contentType'] !== 'string')
    throw new SyntaxError('no recorded answer');
  return {
    status: head['status'],
    contentType: head['contentType'],
    complete: head['complete'] === true,
    body: text.slice(end + 1),
  };
}

/**
 * By what a request is found again: its content without what differs from run to run though nothing else does. Ids go by the order in which they
 * come; of dates and times there is only that there was one.
 */
export function requestKey(content: Uint8Array): Digest {
  const ids = new Map<string, string>();
  return digestOf(steady(JSON.parse(Buffer.from(content).toString('utf8')) as JsonValue, ids));
}

const IDS: ReadonlySet<string> = new Set(['id', 'call_id', 'tool_call_id', 'tool_use_id', 'item_id', 'response_id']);

/** Members that say nothing of what is asked. Limits of tokens go down with the budget. */
const BESIDE: ReadonlySet<string> = new Set([
  'prompt_cache_key',
  'safety_identifier',
  'user',
  'metadata',
  'client_metadata',
  'encrypted_content',
  'max_output_tokens',
  'max_tokens',
  'max_completion_tokens',
  'maxOutputTokens',
]);

function steady(value: JsonValue, ids: Map<string, string>): JsonValue {
  if (typeof value === 'string') return steadyText(value, ids);
  if (Array.isArray(value)) return value.map((item: JsonValue) => steady(item, ids));
  if (!isJsonObject(value)) return value;
  const members: [string, JsonValue][] = [];
  // In one order, so that ids are counted the same way.
  for (const key of Object.keys(value).sort()) {
    const item = value[key];
    if (item === undefined || BESIDE.has(key)) continue;
    members.push([key, IDS.has(key) && typeof item === 'string' ? ordinal(item, ids) : steady(item, ids)]);
  }
  return Object.fromEntries(members) satisfies JsonObject;
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const TIME = /\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?/g;
const DAY =
  /\b(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?,? )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{1,2},? \d{4}\b/g;

function steadyText(text: string, ids: Map<string, string>): string {
  return text
    .replace(UUID, (id) => ordinal(id, ids))
    .replace(TIME, '(time)')
    .replace(DAY, '(time)');
}

function ordinal(id: string, ids: Map<string, string>): string {
  const known = ids.get(id);
  if (known !== undefined) return known;
  const name = `(id ${ids.size + 1})`;
  ids.set(id, name);
  return name;
}
