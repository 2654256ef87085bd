import { Readable } from 'node:stream';

import { isErrorCode } from '../../../base/error-codes.ts';
import { messageOf, NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue, parsedJson } from '../../../base/json.ts';
import type { Remote } from './remotes.ts';

export interface Asking {
  method?: 'GET' | 'POST' | 'PUT';
  /** Sent as JSON. */
  json?: JsonObject;
  /** Sent as it is. */
  content?: { type: string; bytes: Buffer };
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

/** Milliseconds within which an answer must begin. */
const PATIENCE = 60_000;

/** Speaks to one control plane. What it refuses is thrown as it would be here; `REMOTE_UNREACHABLE` where nobody answers. */
export class RemoteClient {
  #remote: Remote;

  constructor(remote: Remote) {
    this.#remote = remote;
  }

  async json(path: string, asking: Asking = {}): Promise<JsonObject> {
    return (await this.maybe(path, asking)) ?? {};
  }

  /** As `json`, where there may be nothing to say: undefined. */
  async maybe(path: string, asking: Asking = {}): Promise<JsonObject | undefined> {
    const response = await this.#ask(path, asking);
    if (response.status === 204) return undefined;
    const value = parsedJson(await response.text());
    if (isJsonObject(value)) return value;
    throw this.#strange('It answers with something else than JSON.');
  }

  async bytes(path: string): Promise<Readable> {
    const { body } = await this.#ask(path, {});
    if (body === null) throw this.#strange('It answers with nothing.');
    return Readable.from(body);
  }

  /** A login that is over is renewed once, where that can be. */
  async #ask(path: string, asking: Asking): Promise<Response> {
    try {
      return await this.#try(path, asking);
    } catch (error) {
      if (!(error instanceof NexusError) || error.code !== 'AUTH_MISSING') throw error;
      const { renewed } = await import('./remote-login.ts');
      const again = await renewed(this.#remote);
      if (again === undefined) throw error;
      this.#remote = again;
      return this.#try(path, asking);
    }
  }

  async #try(path: string, asking: Asking): Promise<Response> {
    const response = await this.open(path, asking);
    if (response.ok) return response;
    throw this.#refusal(response.status, parsedJson(await response.text()));
  }

  /** The answer, whatever it is, as soon as it begins. */
  async open(path: string, { method = 'GET', json, content, headers = {}, signal }: Asking = {}): Promise<Response> {
    const type = json === undefined ? content?.type : 'application/json';
    const late = new AbortController();
    const limit = setTimeout(() => late.abort(), PATIENCE);
    try {
      return await fetch(`${this.#remote.url}${path}`, {
        method,
        headers: {
          ...headers,
          ...(this.#remote.token === undefined ? {} : { authorization: `Bearer ${this.#remote.token}` }),
          ...(type === undefined ? {} : { 'content-type': type }),
        },
        // The token is for this host, and for no other that it may name.
        redirect: 'error',
        signal: signal === undefined ? late.signal : AbortSignal.any([late.signal, signal]),
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
        ...(content === undefined ? {} : { body: new Uint8Array(content.bytes) }),
      });
    } catch (error) {
      if (signal?.aborted === true) throw error;
      throw this.#strange(
        `Nobody answers: ${messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error)}.`,
      );
    } finally {
      clearTimeout(limit);
    }
  }

  #refusal(status: number, problem: JsonValue | undefined): NexusError {
    const { code, title, hint, errors } = isJsonObject(problem) ? problem : {};
    if (!isErrorCode(code) || typeof title !== 'string') return this.#strange(`It answers with status ${status}.`);
    const login = `Log in again: \`spec-kit remote login ${this.#remote.name}\`.`;
    return new NexusError(code, title, {
      ...(code === 'AUTH_MISSING' ? { hint: login } : typeof hint === 'string' ? { hint } : {}),
      details: { remote: this.#remote.name, status, ...(errors === undefined ? {} : { errors }) },
    });
  }

  #strange(what: string): NexusError {
    const { name, url } = this.#remote;
    return new NexusError('REMOTE_UNREACHABLE', `The control plane ${name} (${url}) cannot be spoken to. ${what}`, {
      hint: 'See that `agentnexus serve` runs there; `spec-kit remote add` changes the address.',
      details: { remote: name, url },
    });
  }
}
