import type { IncomingMessage, ServerResponse } from 'node:http';

import { isJsonObject, type JsonObject, type JsonValue, parsedJson } from '../../../base/json.ts';
import type { AgentEvent } from '../../policy/agent-event.ts';
import type { ContentStore } from '../../vault/content-store.ts';
import { endsAnswer } from './ends-answer.ts';
import { frameData, FrameSplitter } from './frames.ts';
import type { PassOptions } from './gateway.ts';
import { createMeter, estimateTokens, type Meter, type TokenCount } from './meter.ts';
import type { Purse, Reservation } from './purse.ts';
import { type RecordedResponse, requestContent, responseContent } from './recorded.ts';
import { Refusal, refusalBody } from './refusal.ts';
import type { Replay } from './replay.ts';
import type { Route } from './routes.ts';
import { placesBack, placeSubstitutions, type Substitution, substitute, substituteIn } from './substitute.ts';
import { substituteFrames } from './substitute-frames.ts';
import { callUpstream, type KeyedUpstream } from './upstream.ts';

/** What one request to a model meets on its way. */
export interface Exchange {
  options: PassOptions;
  route: Route;
  /** As it may go out. */
  body: JsonObject;
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  purse: Purse;
  /** The next position in the attempt, from 1. */
  number: () => number;
  secrets: readonly Substitution[];
  store: Pick<ContentStore, 'put'>;
  from: { upstream: KeyedUpstream } | { replay: Replay };
  limits: { idleMs: number; responseBytes: number };
  signal: AbortSignal;
}

/** An answer on its way: from a server, or out of a recording. */
interface Source {
  status: number;
  contentType: string;
  headers: Record<string, string>;
  chunks: AsyncIterable<Buffer>;
  /** What was used then. */
  usage?: TokenCount;
}

/**
 * Sends a request out, hands the answer on as it comes, and writes both down. What says that the answer is whole is held back until it is in the log, so
 * that nothing a model has said is acted upon before it is recorded.
 */
export async function runExchange(exchange: Exchange): Promise<void> {
  const { purse, options, route, outgoing } = exchange;
  const asked = substituteIn(exchange.body, exchange.secrets);
  const input = estimateTokens(JSON.stringify(asked));
  const reservation = purse.reserve(input);
  const number = exchange.number();
  let count: TokenCount = { input: 0, output: 0 };
  let cost: ReturnType<Reservation['settle']> | undefined;
  try {
    const body = withinTokens(asked, reservation.tokens - input);
    const request = requestContent(options.dialect, route.name, substituteIn(body, placeSubstitutions(options.places)));
    const source = await sourceOf(exchange, { request, body: Buffer.from(JSON.stringify(body)) });
    const meter = createMeter();
    const { held, ...passed } = await passOn(source, exchange, { meter, tokens: reservation.tokens - input });
    const estimated = source.usage === undefined && meter.said === undefined;
    if (source.status < 400) count = source.usage ?? meter.said ?? { input, output: meter.estimate };
    cost = reservation.settle(count);
    const usage = { ...count, ...cost, ...(estimated ? { estimated } : {}) };
    await record(exchange, { request, response: passed, usage, number });
    if (passed.complete) outgoing.end(held);
    else outgoing.destroy();
  } finally {
    if (cost === undefined) reservation.settle(count);
  }
}

const LIMITS: ReadonlySet<string> = new Set(['max_output_tokens', 'max_tokens', 'max_completion_tokens', 'maxOutputTokens']);

/** The request with its own limit no higher than what is left. */
function withinTokens(value: JsonValue, tokens: number): JsonValue {
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).flatMap(([key, item]): [string, JsonValue][] => {
    if (item === undefined) return [];
    if (LIMITS.has(key) && typeof item === 'number') return [[key, Math.max(1, Math.min(item, tokens))]];
    return [[key, key === 'generationConfig' ? withinTokens(item, tokens) : item]];
  });
  return Object.fromEntries(members);
}

async function sourceOf(exchange: Exchange, { request, body }: { request: Buffer; body: Buffer }): Promise<Source> {
  const { from, options, route, incoming, signal, limits } = exchange;
  if ('replay' in from) {
    const { response, usage } = from.replay.take(request);
    return recordedSource(response, { usage, options });
  }
  const { dialect, model } = options;
  try {
    const answer = await callUpstream({
      ...from,
      dialect,
      path: route.upstream(model),
      body,
      headers: incoming.headers,
      signal,
      idleMs: limits.idleMs,
    });
    return { ...answer, chunks: answer.body };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: error.status, contentType: 'application/json', headers: {}, chunks: once(refusalBody(dialect, error)) };
  }
}

/** Waits that were asked for then are over. */
function recordedSource(response: RecordedResponse, { usage, options }: { usage: TokenCount; options: PassOptions }): Source {
  const back = placesBack(options.places);
  const splitter = new FrameSplitter();
  const frames = [...splitter.add(Buffer.from(response.body)), ...splitter.end()].map(String);
  const stream = response.contentType.startsWith('text/event-stream');
  const text = stream ? substituteFrames(frames, back).join('') : substitute(response.body, back);
  return {
    status: response.status,
    contentType: response.contentType,
    headers: { 'retry-after': '0' },
    chunks: once(text, response.complete),
    usage,
  };
}

async function* once(text: string, complete = true): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
  if (!complete) throw new Error('the recording breaks off here');
}

interface Passing {
  meter: Meter;
  /** That may still be put out. */
  tokens: number;
}

/** Hands the answer on, all but its end, which is `held`, and gives it back as it is to be recorded. */
async function passOn(source: Source, exchange: Exchange, passing: Passing): Promise<RecordedResponse & { held: string }> {
  const { secrets, options } = exchange;
  const stream = source.contentType.startsWith('text/event-stream');
  const head = { 'content-type': source.contentType, 'cache-control': 'no-store', ...source.headers };
  exchange.outgoing.writeHead(source.status, head);
  const { parts, held, complete } = await (stream ? passFrames : gather)(source, exchange, passing);
  const all = [...secrets, ...placeSubstitutions(options.places)];
  const body = stream ? substituteFrames(parts, all).join('') : substitute(parts.join(''), all);
  return { status: source.status, contentType: source.contentType, complete, body, held };
}

interface Passed {
  parts: string[];
  held: string;
  complete: boolean;
}

async function passFrames(
  { chunks }: Source,
  { outgoing, limits, secrets }: Exchange,
  { meter, tokens }: Passing,
): Promise<Passed> {
  const parts: string[] = [];
  let held: string | undefined;
  try {
    for await (const frame of bounded(framesOf(chunks, limits.responseBytes), limits.responseBytes)) {
      const text = frame.toString('utf8');
      const event = parsed(frameData(text));
      meter.add(event);
      parts.push(text);
      // A server knows its own key, and might say it.
      const shown = substitute(text, secrets);
      if (held === undefined && endsAnswer(event)) held = '';
      if (held === undefined) outgoing.write(shown);
      else held += shown;
      if (meter.estimate > tokens) return { parts, held: '', complete: false };
    }
    return { parts, held: held ?? '', complete: true };
  } catch {
    return { parts, held: '', complete: false };
  }
}

/** An answer in one piece: nothing of it is shown before it is whole. */
async function gather({ chunks }: Source, { limits, secrets }: Exchange, { meter }: Passing): Promise<Passed> {
  const received: Buffer[] = [];
  let complete = true;
  try {
    for await (const chunk of bounded(chunks, limits.responseBytes)) received.push(chunk);
  } catch {
    complete = false;
  }
  const text = Buffer.concat(received).toString('utf8');
  meter.add(parsed(text));
  return { parts: [text], held: substitute(text, secrets), complete };
}

async function* bounded(chunks: AsyncIterable<Buffer>, limit: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > limit) throw new Error('the answer is too long');
    yield chunk;
  }
}

/** Whole frames, and at the end whatever is left. */
async function* framesOf(chunks: AsyncIterable<Buffer>, limit: number): AsyncGenerator<Buffer> {
  const splitter = new FrameSplitter();
  for await (const chunk of chunks) {
    yield* splitter.add(chunk);
    if (splitter.waiting > limit) throw new Error('a frame is too long');
  }
  yield* splitter.end();
}

function parsed(text: string | undefined): JsonValue | undefined {
  return text === undefined ? undefined : parsedJson(text);
}

interface Outcome {
  request: Buffer;
  response: RecordedResponse;
  usage: Extract<AgentEvent, { kind: 'agent.exchange' }>['usage'];
  number: number;
}

async function record(
  { options: { agent, model, record: write }, store }: Exchange,
  { request, response, usage, number }: Outcome,
): Promise<void> {
  const [asked, answered] = [await store.put(request), await store.put(responseContent(response))];
  await write({ kind: 'agent.exchange', agent, model, exchange: number, request: asked, response: answered, usage });
}
