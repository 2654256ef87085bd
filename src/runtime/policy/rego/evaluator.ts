import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { type JsonObject, type JsonValue, parsedJson } from '../../../base/json.ts';
import { ConfinedThread, died, type RegoLimits } from './confined-thread.ts';

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

/**
 * OPA's own evaluator, as WebAssembly in a thread of its own: whatever a policy does, it takes at most so much time and 1 GiB, and reaches
 * nothing but the request. Loaded at the first request; `close` ends it.
 */
export class RegoEvaluator {
  readonly #thread: ConfinedThread;

  constructor(limits?: RegoLimits) {
    this.#thread = new ConfinedThread(ENTRY, limits);
  }

  /** Throws `RELEASE_POLICY_ENGINE` if it takes too long or dies of it. */
  async ask(request: RegoRequest): Promise<RegoAnswer> {
    const bytes = new TextEncoder().encode(requestText(request));
    const answer = parsedJson((await this.#thread.ask(bytes, [bytes.buffer])).toString('utf8'));
    if (answer === undefined) throw died('its answer is no JSON');
    return answer as unknown as RegoAnswer;
  }

  async close(): Promise<void> {
    await this.#thread.close();
  }
}

/** The input is a text already, and may be long. */
function requestText({ input, ...rest }: RegoRequest): string {
  const text = JSON.stringify(rest);
  return input === undefined ? text : `${text.slice(0, -1)},"input":${input}}`;
}
