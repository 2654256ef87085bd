import type { HandlerContext } from '@connectrpc/connect';

import type { Wish } from '../auth/gate.ts';
import type { Counter } from '../counter.ts';
import type { Principal } from '../principal.ts';
import { rpcError } from './rpc-error.ts';

/** Does a call; what it throws is a status of gRPC. It is waited for until the caller's deadline, or until the caller has gone. */
export function unary<Request, Response>(
  counter: Counter,
  work: (request: Request, context: HandlerContext) => Promise<Response> | Response,
): (request: Request, context: HandlerContext) => Promise<Response> {
  return async (request, context) => {
    try {
      return await orAborted(async () => work(request, context), context.signal);
    } catch (error) {
      throw rpcError(error, counter);
    }
  };
}

/** As `unary`, for an answer in several messages. */
export function streaming<Request, Response>(
  counter: Counter,
  work: (request: Request, context: HandlerContext) => AsyncIterable<Response>,
): (request: Request, context: HandlerContext) => AsyncIterable<Response> {
  return async function* answers(request, context) {
    try {
      yield* work(request, context);
      // The end of a stream that was cut short is none.
      context.signal.throwIfAborted();
    } catch (error) {
      throw rpcError(error, counter);
    }
  };
}

/** Who calls, if they may. Throws `AUTH_MISSING`, `AUTH_DENIED`. */
export async function caller(counter: Counter, wish: Wish, context: HandlerContext): Promise<Principal> {
  const what = `${context.service.typeName}/${context.method.name}`;
  return counter.allow(context.requestHeader.get('authorization') ?? undefined, wish, { what, from: '' });
}

/** proto3 has no absent strings: one that is empty was not given. */
export const given = (text: string): string | undefined => (text === '' ? undefined : text);

async function orAborted<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work(), promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
