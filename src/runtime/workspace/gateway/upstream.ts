import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

import { messageOf, systemCode } from '../../../base/errors.ts';
import type { ModelDialect } from './gateway.ts';
import { Refusal } from './refusal.ts';

/** A server with models, and what it wants to see. */
export interface Upstream {
  /** What comes before `/responses` (OpenAI), `/v1/messages` (Anthropic), `/v1beta/models` (Gemini). */
  baseUrl: string;
  /** A function is asked for each exchange: a key may be another tomorrow. */
  key: string | (() => Promise<string>) | undefined;
  embeddingModel?: string;
}

/** A server for one exchange. */
export interface KeyedUpstream extends Upstream {
  key: string | undefined;
}

/** The server with the key that it wants now. Throws `Refusal` (503) where there is none to be had. */
export async function keyed(upstream: Upstream): Promise<KeyedUpstream> {
  const { key } = upstream;
  if (typeof key !== 'function') return { ...upstream, key };
  try {
    return { ...upstream, key: await key() };
  } catch (error) {
    throw new Refusal(503, 'no_key', `The key of the model server is not to be had: ${messageOf(error)}`);
  }
}

export interface UpstreamCall {
  upstream: KeyedUpstream;
  dialect: ModelDialect;
  path: string;
  body: Buffer;
  /** Headers of the agent that are handed on: what is not listed stays here. */
  headers: IncomingHttpHeaders;
  signal: AbortSignal;
  idleMs: number;
}

export interface UpstreamAnswer {
  status: number;
  contentType: string;
  /** Those that say when to come again. */
  headers: Record<string, string>;
  body: IncomingMessage;
}

/** Where the key goes. */
const KEY_HEADERS: Record<ModelDialect, (key: string) => Record<string, string>> = {
  openai: (key) => ({ authorization: `Bearer ${key}` }),
  anthropic: (key) => ({ 'x-api-key': key }),
  gemini: (key) => ({ 'x-goog-api-key': key }),
};

const HANDED_ON = ['anthropic-version', 'anthropic-beta', 'accept'];
const HANDED_BACK = ['retry-after', 'retry-after-ms', 'x-should-retry'];

/** Asks the server, and it alone: a redirect is not followed. Throws `Refusal` (502, 504) where there is no answer. */
export async function callUpstream(call: UpstreamCall): Promise<UpstreamAnswer> {
  const answer = await send(call);
  const { statusCode: status = 502, headers } = answer;
  if (status >= 300 && status < 400) {
    answer.destroy();
    throw new Refusal(502, 'upstream_redirect', 'The model server answered with a redirect, which is not followed.');
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    answer.destroy();
    throw new Refusal(502, 'upstream_encoding', 'The model server answered in an encoding that was not asked for.');
  }
  return {
    status,
    contentType: headers['content-type'] ?? 'application/json',
    headers: some(headers, HANDED_BACK),
    body: answer,
  };
}

function send({ upstream, dialect, path, body, headers, signal, idleMs }: UpstreamCall): Promise<IncomingMessage> {
  const url = new URL(upstream.baseUrl.replace(/\/+$/, '') + path);
  return new Promise((resolve, reject) => {
    const outgoing = (url.protocol === 'https:' ? overHttps : overHttp)(url, {
      method: 'POST',
      signal,
      timeout: idleMs,
      maxHeaderSize: 64 * 1024,
      headers: {
        ...some(headers, HANDED_ON),
        ...(upstream.key === undefined ? {} : KEY_HEADERS[dialect](upstream.key)),
        'content-type': 'application/json',
        'content-length': body.length,
        'accept-encoding': 'identity',
        'user-agent': 'agentnexus',
      },
    });
    outgoing.on('timeout', () =>
      outgoing.destroy(new Refusal(504, 'upstream_silent', `The model server said nothing for ${idleMs / 1000} s.`)),
    );
    outgoing.on('response', resolve);
    outgoing.on('error', (error) => {
      const code = systemCode(error);
      reject(
        error instanceof Refusal
          ? error
          : new Refusal(502, 'upstream_unreachable', `The model server cannot be reached (${code ?? error.name}).`),
      );
    });
    outgoing.end(body);
  });
}

function some(headers: IncomingHttpHeaders, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}
