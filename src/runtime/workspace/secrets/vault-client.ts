import type { Clock } from '../../../base/clock.ts';
import { messageOf, NexusError, systemCode } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import type { VaultAuth, VaultRead, VaultSettings } from './secret-source.ts';

export interface VaultOptions {
  clock: Clock;
  /** The token or JWT that is sent to log in. */
  credential: (from: { variable: string } | { file: string }) => string;
  /** Told of each token that we are given, before it is used. */
  onToken: (token: string) => void;
  fetch?: typeof fetch;
}

/** Something that ends. Times are milliseconds of the clock. */
interface Lease {
  takenAt: number;
  /** Milliseconds; 0: it does not end. */
  duration: number;
  renewable: boolean;
}

interface Token extends Lease {
  value: string;
  /** Whether we have logged in for it: then it is ours to revoke. */
  own: boolean;
}

/** What was read, until when it holds. */
interface Held extends Lease {
  id: string;
  data: JsonObject;
}

/** Renewal and rotation are due when this share of a lease is over: a third is left for a Vault that does not answer at once. */
const DUE = 2 / 3;

const TIMEOUT = 10_000;
const MAX_ANSWER = 1_048_576;

/**
 * Reads secrets from HashiCorp Vault (or OpenBao) over its HTTP API. Logs in when first asked; at two thirds of a lease it is renewed, or, where it cannot be,
 * taken anew. Time is that of the clock: nothing happens but when `read` or `tend` is called.
 */
export class VaultClient {
  readonly #settings: VaultSettings;
  readonly #options: VaultOptions;
  readonly #held = new Map<string, Held>();
  #token: Token | undefined;

  constructor(settings: VaultSettings, options: VaultOptions) {
    this.#settings = settings;
    this.#options = options;
  }

  /** The field's value now. Throws `SECRET_UNAVAILABLE`. */
  async read(read: VaultRead): Promise<string> {
    const path = apiPath(read);
    const { data } = await this.#fresh(path);
    const fields = read.mount === undefined ? data : isJsonObject(data['data']) ? data['data'] : undefined;
    if (fields === undefined)
      throw unavailable(`Vault has deleted ${path}.`, 'Restore the version, or write a new one.', { path });
    const value = fields[read.field];
    if (typeof value === 'string') return value;
    const there = Object.keys(fields).join(', ');
    throw unavailable(`${path} has no text field \`${read.field}\`.`, `It has: ${there === '' ? 'none' : there}.`, { path });
  }

  /** Renews and rotates what is due. Returns when something is due next, in milliseconds of the clock; undefined if nothing ever is. */
  async tend(): Promise<number | undefined> {
    if (this.#token === undefined) return undefined;
    await this.#login();
    for (const path of this.#held.keys()) await this.#fresh(path);
    const dues = [this.#token, ...this.#held.values()].map(dueAt).filter((due) => due !== undefined);
    return dues.length === 0 ? undefined : Math.min(...dues);
  }

  /** Gives leases and the token back. What cannot be given back ends by itself. */
  async close(): Promise<void> {
    const token = this.#token;
    if (token === undefined) return;
    const leases = [...this.#held.values()].filter(({ id }) => id !== '');
    const calls = leases.map(
      ({ id }) =>
        () =>
          this.#call('PUT', 'sys/leases/revoke', { body: { lease_id: id }, token: token.value }),
    );
    if (token.own) calls.push(() => this.#call('POST', 'auth/token/revoke-self', { body: {}, token: token.value }));
    for (const call of calls) await call().catch(() => undefined);
    this.#held.clear();
    this.#token = undefined;
  }

  async #fresh(path: string): Promise<Held> {
    const held = this.#held.get(path);
    if (held !== undefined && !this.#isDue(held)) return held;
    const token = await this.#login();
    const renewed = held === undefined || held.id === '' || !held.renewable ? undefined : await this.#renewLease(held, token);
    const fresh = renewed ?? (await this.#readAnew(path, token));
    this.#held.set(path, fresh);
    return fresh;
  }

  async #readAnew(path: string, token: string): Promise<Held> {
    const takenAt = this.#options.clock.now();
    const answer = await this.#call('GET', path, { token });
    const data = isJsonObject(answer['data']) ? answer['data'] : {};
    const id = typeof answer['lease_id'] === 'string' ? answer['lease_id'] : '';
    // What has no lease of its own (KV) may be another by the time the token has to be renewed.
    const duration = id === '' ? (this.#token?.duration ?? 0) : seconds(answer['lease_duration']);
    return { id, data, takenAt, duration, renewable: answer['renewable'] === true };
  }

  /** Undefined if it can not be renewed for as long again: it nears its last end, and is to be taken anew. */
  async #renewLease(held: Held, token: string): Promise<Held | undefined> {
    const takenAt = this.#options.clock.now();
    const body = { lease_id: held.id, increment: Math.round(held.duration / 1000) };
    const answer = await this.#call('PUT', 'sys/leases/renew', { body, token }).catch(refusedOnly);
    const duration = seconds(answer?.['lease_duration']);
    return duration < held.duration * DUE ? undefined : { ...held, takenAt, duration, renewable: answer?.['renewable'] === true };
  }

  /** A token that is good for a while. */
  async #login(): Promise<string> {
    const token = this.#token;
    if (token !== undefined && !this.#isDue(token)) return token.value;
    this.#token = (token?.renewable === true ? await this.#renewToken(token) : undefined) ?? (await this.#newToken());
    return this.#token.value;
  }

  async #renewToken(token: Token): Promise<Token | undefined> {
    const takenAt = this.#options.clock.now();
    const answer = await this.#call('POST', 'auth/token/renew-self', { body: {}, token: token.value }).catch(refusedOnly);
    const auth = isJsonObject(answer?.['auth']) ? answer['auth'] : {};
    const duration = seconds(auth['lease_duration']);
    return duration < token.duration * DUE ? undefined : { ...token, takenAt, duration, renewable: auth['renewable'] === true };
  }

  async #newToken(): Promise<Token> {
    const { auth } = this.#settings;
    const takenAt = this.#options.clock.now();
    if (auth.method === 'token') return this.#givenToken(auth, takenAt);
    const jwt = this.#options.credential(auth.jwt).trim();
    this.#options.onToken(jwt);
    const answer = await this.#call('POST', `auth/${auth.mount}/login`, { body: { role: auth.role, jwt } });
    const granted = isJsonObject(answer['auth']) ? answer['auth'] : {};
    const value = granted['client_token'];
    if (typeof value !== 'string' || value === '')
      throw unavailable(
        'Vault let us log in, but gave no token.',
        'Look at the auth method: a batch or service token is wanted.',
      );
    this.#options.onToken(value);
    return { value, own: true, takenAt, duration: seconds(granted['lease_duration']), renewable: granted['renewable'] === true };
  }

  async #givenToken({ token }: Extract<VaultAuth, { method: 'token' }>, takenAt: number): Promise<Token> {
    const value = this.#options.credential(token).trim();
    this.#options.onToken(value);
    const answer = await this.#call('GET', 'auth/token/lookup-self', { token: value });
    const data = isJsonObject(answer['data']) ? answer['data'] : {};
    return { value, own: false, takenAt, duration: seconds(data['ttl']), renewable: data['renewable'] === true };
  }

  #isDue(lease: Lease): boolean {
    const due = dueAt(lease);
    return due !== undefined && this.#options.clock.now() >= due;
  }

  async #call(method: string, path: string, { body, token }: { body?: JsonObject; token?: string } = {}): Promise<JsonObject> {
    const { address, namespace } = this.#settings;
    const headers: Record<string, string> = { 'X-Vault-Request': 'true', Accept: 'application/json' };
    if (namespace !== undefined) headers['X-Vault-Namespace'] = namespace;
    if (token !== undefined) headers['X-Vault-Token'] = token;
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    const url = `${address.replace(/\/+$/, '')}/v1/${path}`;
    const response = await this.#send(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const answer = await readAnswer(response, path);
    if (response.ok) return isJsonObject(answer) ? answer : {};
    throw refused(response.status, path, answer);
  }

  async #send(url: string, init: RequestInit): Promise<Response> {
    try {
      // A redirect could lead the token to somebody else.
      return await (this.#options.fetch ?? fetch)(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT) });
    } catch (error) {
      const cause = error instanceof Error ? error.cause : undefined;
      const why = systemCode(cause) ?? messageOf(error);
      throw unavailable(
        `Vault at ${this.#settings.address} cannot be reached (${why}).`,
        'Look at `vault: address`, and whether it is sealed.',
        {
          address: this.#settings.address,
          cause: error,
        },
      );
    }
  }
}

function apiPath({ mount, path, version }: VaultRead): string {
  const whole = mount === undefined ? path : `${mount}/data/${path}`;
  const escaped = whole.split('/').map(encodeURIComponent).join('/');
  return version === undefined ? escaped : `${escaped}?version=${version}`;
}

function dueAt({ takenAt, duration }: Lease): number | undefined {
  return duration === 0 ? undefined : takenAt + duration * DUE;
}

function seconds(value: JsonValue | undefined): number {
  return typeof value === 'number' && value > 0 ? value * 1000 : 0;
}

async function readAnswer(response: Response, path: string): Promise<JsonValue> {
  const text = await response.text();
  if (text.length > MAX_ANSWER)
    throw unavailable(`Vault's answer for ${path} is too long.`, 'Is it a Vault that answers there?', { path });
  if (text === '') return {};
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    throw unavailable(`What answers for ${path} is no Vault: its answer is no JSON.`, 'Look at `vault: address`.', { path });
  }
}

/** A lease that is not renewed is taken anew; anything else that fails, fails. */
function refusedOnly(error: unknown): undefined {
  if (error instanceof NexusError && error.details?.['refused'] === true) return undefined;
  throw error;
}

const HINTS: Record<number, string> = {
  400: 'Look at role, mount and namespace in `vault: auth`.',
  403: 'The role or its policy does not allow it, or the namespace is another one.',
  404: 'Look at the path; a KV v2 engine wants `mount`, and its path without `data/`.',
  429: 'It is a standby, or limits requests: try again.',
  503: 'It is sealed: unseal it.',
};

function refused(status: number, path: string, answer: JsonValue): NexusError {
  const errors = isJsonObject(answer) && Array.isArray(answer['errors']) ? (answer['errors'] as unknown[]) : [];
  const said = errors
    .filter((error) => typeof error === 'string')
    .join('; ')
    .slice(0, 300);
  return unavailable(
    `Vault answers ${status} for ${path}${said === '' ? '' : `: ${said}`}.`,
    HINTS[status] ?? 'Its own log says more.',
    {
      path,
      status,
      refused: status >= 400 && status < 500 && status !== 429,
    },
  );
}

function unavailable(message: string, hint: string, { cause, ...details }: Record<string, unknown> = {}): NexusError {
  return new NexusError('SECRET_UNAVAILABLE', message, { hint, details, cause });
}
