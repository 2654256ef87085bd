import { once } from 'node:events';
import { extname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

import { messageOf, NexusError } from '../../../base/errors.ts';
import type { JsonObject, JsonValue } from '../../../base/json.ts';
import { parsedJson } from '../../../base/json.ts';

const ENTRY = fileURLToPath(new URL(`evaluator-entry${extname(import.meta.url)}`, import.meta.url));

/** What the evaluator is asked; the answer's members are those of `response` in `scripts/rego-wasm/main.go`. */
export interface RegoRequest {
  op: 'eval' | 'test' | 'describe';
  /** Path of a file to its text. */
  modules?: Readonly<Record<string, string>>;
  data?: JsonObject;
  /** JSON text. */
  input?: string;
  /** A term, such as `data.a.b`. */
  query?: string;
  regoVersion?: 0 | 1;
}

export interface RegoFault {
  code: string;
  message: string;
  file?: string;
  row?: number;
  col?: number;
}

export interface RegoTest {
  name: string;
  file: string;
  row: number;
  result: 'pass' | 'fail' | 'error' | 'skip';
  message?: string;
  printed?: string[];
}

export interface RegoAnswer {
  /** Left out where the query is undefined. */
  result?: JsonValue;
  printed?: string[];
  tests?: RegoTest[];
  version?: string;
  capabilities?: JsonObject;
  errors?: RegoFault[];
}

export interface RegoLimits {
  /** Milliseconds for one request, loading included. */
  time: number;
}

export const REGO_LIMITS: RegoLimits = { time: 30_000 };

/**
 * OPA's own evaluator, as WebAssembly in a thread of its own: whatever a policy does, it takes at most so much time and 1 GiB, and reaches
 * nothing but the request. Loaded at the first request; `close` ends it.
 */
export class RegoEvaluator {
  readonly #limits: RegoLimits;
  #worker: Worker | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(limits: RegoLimits = REGO_LIMITS) {
    this.#limits = limits;
  }

  /** Throws `RELEASE_POLICY_ENGINE` if it takes too long or dies of it. */
  async ask(request: RegoRequest): Promise<RegoAnswer> {
    const answer = this.#last.then(() => this.#ask(requestText(request)));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  async #ask(text: string): Promise<RegoAnswer> {
    const worker = (this.#worker ??= new Worker(ENTRY, {
      resourceLimits: { maxOldGenerationSizeMb: 512 },
      env: {},
      argv: [],
      execArgv: [],
    }));
    try {
      const { bytes, fault } = await reply(worker, new TextEncoder().encode(text), this.#limits.time);
      if (bytes === undefined) throw died(fault ?? 'it gave no answer');
      const answer = parsedJson(Buffer.from(bytes).toString('utf8'));
      if (answer === undefined) throw died('its answer is no JSON');
      return answer as unknown as RegoAnswer;
    } catch (error) {
      await this.close();
      throw error;
    }
  }
}

interface Reply {
  bytes?: Uint8Array;
  fault?: string;
}

async function reply(worker: Worker, request: Uint8Array<ArrayBuffer>, time: number): Promise<Reply> {
  const settled = new AbortController();
  const { signal } = settled;
  const ended = (async () => {
    const [code]: unknown[] = await once(worker, 'exit', { signal });
    throw died(`its thread ended with ${String(code)}`);
  })();
  const late = (async () => {
    await setTimeout(time, undefined, { signal });
    throw died(`it took more than ${time / 1000} s`);
  })();
  const answered = once(worker, 'message', { signal }) as Promise<[Reply]>;
  worker.ref();
  worker.postMessage(request, [request.buffer]);
  try {
    const [message] = await Promise.race([answered, ended, late]);
    return message;
  } catch (error) {
    throw error instanceof NexusError ? error : died(messageOf(error));
  } finally {
    settled.abort();
    // Between two requests it keeps no process alive.
    worker.unref();
    await Promise.allSettled([answered, ended, late]);
  }
}

function died(why: string): NexusError {
  return new NexusError('RELEASE_POLICY_ENGINE', `The policy could not be evaluated: ${why}.`, {
    hint: 'A policy has 30 s and 1 GiB. `spec-kit policy eval` asks it again.',
  });
}

/** The input is a text already, and may be long. */
function requestText({ input, ...rest }: RegoRequest): string {
  const text = JSON.stringify(rest);
  return input === undefined ? text : `${text.slice(0, -1)},"input":${input}}`;
}
