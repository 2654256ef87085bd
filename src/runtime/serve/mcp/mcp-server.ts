import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

import { messageOf } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject, parsedJson } from '../../../base/json.ts';
import { call } from '../../app/call.ts';
import { checkInput } from '../../app/operation-contracts.ts';
import type { CallContext } from '../../app/operations.ts';
import type { Progress } from '../../app/views.ts';
import { Fault, type Id, INVALID_PARAMS, INVALID_REQUEST, isId, PARSE_ERROR, resultOf, type ToolDesk } from './protocol.ts';
import { refuseUnoffered, toolsOf } from './tools.ts';

export interface McpOptions {
  context: CallContext;
  /** Whether what people decide is offered too. */
  decides: boolean;
  input: Readable;
  output: Writable;
}

/** Characters of one message. */
const LINE = 4 * 1_048_576;

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
    const done = resultOf(this.#desk(stop.signal), { method, params }, (token, progress) => this.#progress(token, progress))
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

  #desk(drain: AbortSignal): ToolDesk {
    const { context } = this.#options;
    return {
      tools: [...this.#tools.values()].map(({ tool }) => tool),
      call: async (name, given, onProgress) => {
        const known = this.#tools.get(name);
        if (known === undefined) throw new RangeError(`no tool ${name}`);
        refuseUnoffered(known, given);
        const input = await checkInput(known.operation, given);
        return call(known.operation, input, {
          ...context,
          face: 'mcp',
          drain,
          ...(onProgress === undefined ? {} : { onProgress }),
        });
      },
      refusal: ({ code, message, hint, details }) => ({ kind: 'Error', code, message, hint, details }),
    };
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
