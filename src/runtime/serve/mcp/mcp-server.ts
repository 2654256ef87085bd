import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

import { messageOf, NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue, parsedJson } from '../../../base/json.ts';
import { PRODUCT_VERSION } from '../../../base/version.ts';
import { call } from '../../app/call.ts';
import { checkInput } from '../../app/operation-contracts.ts';
import type { CallContext } from '../../app/operations.ts';
import type { Progress } from '../../app/views.ts';
import { refuseUnoffered, toolsOf } from './tools.ts';

export interface McpOptions {
  context: CallContext;
  /** Whether what people decide is offered too. */
  decides: boolean;
  input: Readable;
  output: Writable;
}

/** Versions of the protocol that are spoken; of one that is not known the newest of ours is offered. */
const PROTOCOLS = ['2025-06-18', '2025-03-26', '2024-11-05'];

/** Codes of JSON-RPC 2.0. */
const [PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS] = [-32_700, -32_600, -32_601, -32_602];

/** Characters of one message. */
const LINE = 4 * 1_048_576;

type Id = string | number;

class Fault extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Speaks the Model Context Protocol over a pair of streams, one JSON-RPC message a line, until the input ends. What still runs is then left so that it can be resumed. */
export async function serveMcp(options: McpOptions): Promise<void> {
  const server = new McpServer(options);
  for await (const line of createInterface({ input: options.input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() !== '') server.hear(line);
  }
  await server.end();
}

class McpServer {
  readonly #options: McpOptions;
  readonly #tools: ReturnType<typeof toolsOf>;
  readonly #running = new Map<Id, { stop: AbortController; done: Promise<void> }>();

  constructor(options: McpOptions) {
    this.#options = options;
    this.#tools = toolsOf(options);
  }

  hear(line: string): void {
    const message = line.length > LINE ? undefined : parsedJson(line);
    if (!isJsonObject(message)) return this.#send({ id: null, error: { code: PARSE_ERROR, message: 'It is no JSON message.' } });
    const { id, method, params = {} } = message;
    if (typeof method !== 'string' || !isJsonObject(params)) {
      // An answer: nothing is ever asked of the client.
      if (method === undefined && ('result' in message || 'error' in message)) return;
      return this.#send({ id: isId(id) ? id : null, error: { code: INVALID_REQUEST, message: 'It is no request.' } });
    }
    if (isId(id)) this.#answer(id, method, params);
    else if (method === 'notifications/cancelled' && isId(params['requestId']))
      this.#running.get(params['requestId'])?.stop.abort();
  }

  async end(): Promise<void> {
    for (const { stop } of this.#running.values()) stop.abort();
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  #answer(id: Id, method: string, params: JsonObject): void {
    const stop = new AbortController();
    const done = this.#result(method, params, stop.signal)
      .then(
        (result) => this.#send({ id, result }),
        (error: unknown) => {
          const code = error instanceof Fault ? error.code : INVALID_PARAMS;
          this.#send({ id, error: { code, message: messageOf(error) } });
        },
      )
      .finally(() => this.#running.delete(id));
    this.#running.set(id, { stop, done });
  }

  async #result(method: string, params: JsonObject, signal: AbortSignal): Promise<JsonObject> {
    switch (method) {
      case 'initialize':
        return greeting(params);
      case 'ping':
        return {};
      case 'tools/list':
        return { tools: [...this.#tools.values()].map(({ tool }) => ({ ...tool })) };
      case 'tools/call':
        return this.#call(params, signal);
      default:
        throw new Fault(METHOD_NOT_FOUND, `There is no method ${method}.`);
    }
  }

  /** What an operation refuses is the tool's answer, so that the agent reads it, and no fault of the protocol. */
  async #call({ name, arguments: given = {}, _meta: meta }: JsonObject, drain: AbortSignal): Promise<JsonObject> {
    const known = typeof name === 'string' ? this.#tools.get(name) : undefined;
    if (known === undefined) throw new Fault(INVALID_PARAMS, `There is no tool ${JSON.stringify(name)}.`);
    const token = isJsonObject(meta) ? meta['progressToken'] : undefined;
    const onProgress = isId(token) ? (progress: Progress) => this.#progress(token, progress) : undefined;
    try {
      refuseUnoffered(known, given);
      const input = await checkInput(known.operation, given);
      const context = { ...this.#options.context, drain, ...(onProgress === undefined ? {} : { onProgress }) };
      return answerOf(await call(known.operation, input, context), false);
    } catch (error) {
      if (!(error instanceof NexusError)) throw error;
      const { code, message, hint, details } = error;
      const report = { kind: 'Error', code, message, hint, details };
      return answerOf(report, true);
    }
  }

  #progress(progressToken: Id, progress: Progress): void {
    if (progress.type !== 'task') return;
    const { settled, total, task, state } = progress;
    this.#send({
      method: 'notifications/progress',
      params: { progressToken, progress: settled, total, message: `${task} ${state}` },
    });
  }

  #send(message: object): void {
    this.#options.output.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }
}

function greeting({ protocolVersion }: JsonObject): JsonObject {
  const asked = typeof protocolVersion === 'string' && PROTOCOLS.includes(protocolVersion) ? protocolVersion : PROTOCOLS[0];
  return {
    protocolVersion: asked ?? '',
    capabilities: { tools: {} },
    serverInfo: { name: 'agentnexus', version: PRODUCT_VERSION },
    instructions:
      'Specifications become verified software: `plan` shows the tasks, `apply` runs them to their gate, `status` and `explain` say how it went, ' +
      '`verify` proves it. A task is done when its checks have passed, not when somebody says so.',
  };
}

function answerOf({ kind, ...view }: { kind: string }, isError: boolean): JsonObject {
  // As JSON has it: members without a value are not there.
  const structured: JsonObject = JSON.parse(JSON.stringify({ apiVersion: 'agentnexus.dev/v1', kind, ...view }));
  return { content: [{ type: 'text', text: JSON.stringify(structured) }], structuredContent: structured, isError };
}

const isId = (value: JsonValue | undefined): value is Id => typeof value === 'string' || typeof value === 'number';
