import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { type Transferable, Worker } from 'node:worker_threads';

import { messageOf, NexusError } from '../../../base/errors.ts';
import type { Reply } from './serve.ts';

export interface RegoLimits {
  /** Milliseconds for one request; loading has a limit of its own. */
  time: number;
}

/** Milliseconds in which a thread must be ready: ours to answer for, not the policy's. */
const LOADING = 120_000;

const REGO_LIMITS: RegoLimits = { time: 30_000 };

/**
 * A thread for what strangers wrote: it is given no environment, and ended when a request takes too long or it dies; the next request starts
 * another. Requests are answered one after the other.
 */
export class ConfinedThread {
  readonly #entry: string;
  readonly #limits: RegoLimits;
  #worker: Worker | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(entry: string, limits: RegoLimits = REGO_LIMITS) {
    this.#entry = entry;
    this.#limits = limits;
  }

  /** Throws `RELEASE_POLICY_ENGINE`. */
  async ask(request: unknown, transfer: readonly Transferable[] = []): Promise<Buffer> {
    const answer = this.#last.then(() => this.#ask(request, transfer));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  async #ask(request: unknown, transfer: readonly Transferable[]): Promise<Buffer> {
    try {
      const worker = (this.#worker ??= await this.#started());
      const { bytes, fault } = await during(worker, this.#limits.time, () => worker.postMessage(request, transfer));
      if (bytes === undefined) throw died(fault ?? 'it gave no answer');
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async #started(): Promise<Worker> {
    const limits = { maxOldGenerationSizeMb: 512 };
    const worker = new Worker(this.#entry, { resourceLimits: limits, env: {}, argv: [], execArgv: [] });
    try {
      const { fault } = await during(worker, LOADING, () => undefined);
      if (fault !== undefined) throw died(fault);
      return worker;
    } catch (error) {
      await worker.terminate();
      throw error;
    }
  }
}

/** What the thread says next. */
async function during(worker: Worker, time: number, begin: () => void): Promise<Reply> {
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
  try {
    begin();
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

export function died(why: string): NexusError {
  return new NexusError('RELEASE_POLICY_ENGINE', `The policy could not be evaluated: ${why}.`, {
    hint: `A policy has ${REGO_LIMITS.time / 1000} s and 1 GiB. \`spec-kit policy eval\` asks it again.`,
  });
}
