import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';

import { speakAnthropic } from './anthropic.ts';
import { speakChat } from './chat.ts';
import { speakGemini } from './gemini.ts';
import { type Dialect, dialectOf, modelOf, type SeenRequest, toolResults, wantsStream } from './read-request.ts';
import type { Asked, Fault, Frame, Reply, Spoken } from './reply.ts';
import { speakResponses } from './responses.ts';

export type { Fault, Reply } from './reply.ts';
export type { SeenRequest } from './read-request.ts';

/** Replies by the number of tool results so far, the last one again and again; or whatever a function says. */
export type Script = readonly Reply[] | ((seen: SeenRequest, results: number) => Reply);

export interface ScriptedModel {
  /** `http://127.0.0.1:PORT`, without `/v1`. */
  readonly url: string;
  /** Every request so far. */
  readonly requests: readonly SeenRequest[];
  close(): Promise<void>;
}

export interface ModelOptions {
  /** What the server speaks; all of it by default. What is left out is answered with 404. */
  dialects?: readonly Dialect[];
  /** Models that it lists. */
  models?: readonly string[];
}

const SPEAK: Record<Dialect, (reply: Reply, asked: Asked) => Spoken> = {
  responses: speakResponses,
  chat: speakChat,
  anthropic: speakAnthropic,
  gemini: speakGemini,
};

/** An inference server on loopback that says what a script tells it to, in the words of every dialect, and breaks where it is told to. */
export async function serveModel(script: Script, options: ModelOptions = {}): Promise<ScriptedModel> {
  const requests: SeenRequest[] = [];
  const served = new Map<string, number>();
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const seen = await read(request);
    requests.push(seen);
    const dialect = dialectOf(seen.path);
    if (seen.path.endsWith('/models'))
      return json(response, 200, { object: 'list', data: (options.models ?? []).map((id) => ({ id })) });
    if (seen.path.endsWith('/embeddings')) return json(response, 200, embeddings(seen));
    if (dialect === undefined || options.dialects?.includes(dialect) === false)
      return json(response, 404, { detail: 'Not Found' });
    const results = toolResults(seen);
    const reply = (typeof script === 'function' ? script(seen, results) : (script[results] ?? script.at(-1))) ?? {};
    const step = typeof script === 'function' ? `${requests.length}` : `${results}`;
    const times = served.get(step) ?? 0;
    served.set(step, times + 1);
    const fault = reply.faults?.[times];
    const asked = { model: modelOf(seen), request: requests.length, truncated: fault?.kind === 'truncated' };
    return send(SPEAK[dialect](reply, asked), { response, stream: wantsStream(seen), ...(fault === undefined ? {} : { fault }) });
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function read(request: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  return { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body, text };
}

interface Sending {
  response: ServerResponse;
  stream: boolean;
  fault?: Fault;
}

async function send(spoken: Spoken, { response, stream, fault }: Sending): Promise<void> {
  if (fault?.kind === 'status') return json(response, fault.status, fault.body ?? { error: { message: 'no' } }, fault.headers);
  if (fault?.kind === 'garbage') return garbage(response, stream);
  if (!stream) return plain(response, spoken.plain, fault);
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  const frames = fault?.kind === 'unfinished' ? spoken.frames.slice(0, -spoken.endings) : spoken.frames;
  for (const [index, frame] of frames.entries()) {
    if (fault?.kind === 'cut' && index >= frames.length / 2) return void response.destroy();
    if (fault?.kind === 'hang' && index > 0) return;
    if (fault?.kind === 'drip') await setTimeout(fault.everyMs);
    response.write(frameText(frame));
    if (fault?.kind === 'cut') await setTimeout(1);
  }
  response.end(spoken.done && fault?.kind !== 'unfinished' ? 'data: [DONE]\n\n' : '');
}

function plain(response: ServerResponse, body: unknown, fault: Fault | undefined): void {
  if (fault?.kind === 'hang') return;
  if (fault?.kind !== 'cut' && fault?.kind !== 'unfinished') return json(response, 200, body);
  const text = JSON.stringify(body);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.write(text.slice(0, text.length / 2), () => response.destroy());
}

function garbage(response: ServerResponse, stream: boolean): void {
  response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' });
  response.end(stream ? 'data: {"type": \u0000nonsense\n\n' : '<html>It works!</html>');
}

function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

function frameText({ event, data }: Frame): string {
  return `${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`;
}

/** The same vector for every text: what counts here is the way. */
function embeddings({ body }: SeenRequest) {
  const inputs = Array.isArray(body['input']) ? body['input'] : [body['input']];
  const data = inputs.map((_, index) => ({ object: 'embedding', index, embedding: [0.6, 0.8] }));
  return { object: 'list', model: body['model'], data, usage: { prompt_tokens: inputs.length, total_tokens: inputs.length } };
}
