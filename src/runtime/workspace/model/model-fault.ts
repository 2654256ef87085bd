import { APIConnectionError, APIError, APIUserAbortError } from 'openai';

import { messageOf } from '../../../base/errors.ts';

/**
 * What goes wrong with a request to a model: `rate`, `server` and `stream` may go well next time, the others not. `unsupported`: the server may not
 * speak this dialect.
 */
export type FaultKind = 'rate' | 'server' | 'stream' | 'context' | 'unsupported' | 'spent' | 'denied' | 'request';

export class ModelFault extends Error {
  override readonly name = 'ModelFault';
  readonly kind: FaultKind;
  /** As the server asked. */
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: FaultKind,
    message: string,
    { retryAfterMs, cause }: { retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
  }

  get passing(): boolean {
    return this.kind === 'rate' || this.kind === 'server' || this.kind === 'stream';
  }
}

/** Codes of 429 for which waiting does not help. */
const SPENT = new Set(['insufficient_quota', 'energy_budget_spent']);

/** How OpenAI, vLLM, Ollama, llama.cpp and others say that the conversation is too long. */
const TOO_LONG =
  /context_length_exceeded|exceed_context_size|context (length|window|size)|maximum context|(prompt|input|request) (is )?too (long|large)|too many (input )?tokens/i;

/** What was thrown by the client or its stream, told apart. An abort of ours is handed back as it is. */
export function asModelFault(error: unknown): unknown {
  if (error instanceof ModelFault || error instanceof APIUserAbortError) return error;
  if (error instanceof APIConnectionError)
    return new ModelFault('server', `The model's server cannot be reached: ${causeOf(error)}`, { cause: error });
  if (error instanceof APIError) return fromApi(error);
  // A stream that breaks off, or holds what is no JSON.
  return new ModelFault('stream', `The answer broke off: ${messageOf(error)}`, { cause: error });
}

/** What an event of a stream, or a body, says under `error`. */
export function faultFromCode(code: string | null | undefined, message: string): ModelFault {
  if (TOO_LONG.test(`${code} ${message}`)) return new ModelFault('context', message);
  if (SPENT.has(code ?? '')) return new ModelFault('spent', message);
  if (code === 'rate_limit_exceeded') return new ModelFault('rate', message);
  return new ModelFault('server', message);
}

function fromApi(error: APIError): ModelFault {
  const { status, headers } = error;
  const message = bounded(error.message);
  const code = typeof error.code === 'string' ? error.code : undefined;
  if (status === undefined) return faultFromCode(code, message);
  if (TOO_LONG.test(`${code} ${error.type} ${message}`)) return new ModelFault('context', message, { cause: error });
  return new ModelFault(kindOf(status, { code, final: headers?.get('x-should-retry') === 'false' }), message, {
    retryAfterMs: retryAfter(headers),
    cause: error,
  });
}

function kindOf(status: number, { code, final }: { code: string | undefined; final: boolean }): FaultKind {
  if (status === 429) return final || SPENT.has(code ?? '') ? 'spent' : 'rate';
  if (status === 401 || status === 403) return 'denied';
  if ([400, 404, 405, 415, 422, 501].includes(status)) return 'unsupported';
  if (status >= 500 || status === 408 || status === 409) return final ? 'request' : 'server';
  return 'request';
}

/** `Retry-After` in seconds or as a date (RFC 9110 §10.2.3), or OpenAI's `retry-after-ms`. */
function retryAfter(headers: Headers | undefined): number | undefined {
  const milliseconds = Number(headers?.get('retry-after-ms') ?? Number.NaN);
  if (milliseconds >= 0) return milliseconds;
  const text = headers?.get('retry-after');
  if (text === null || text === undefined) return undefined;
  const seconds = Number(text);
  if (seconds >= 0) return seconds * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

function causeOf(error: Error): string {
  const { cause } = error;
  return cause instanceof Error ? messageOf(cause.cause ?? cause) : error.message;
}

/** Servers have been seen to answer with whole pages. */
function bounded(message: string): string {
  return message.length > 1000 ? `${message.slice(0, 1000)} …` : message;
}
