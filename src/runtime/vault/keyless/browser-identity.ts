import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Clock } from '../../../base/clock.ts';
import { messageOf, NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject } from '../../../base/json.ts';
import { type IdentitySource, noIdentity, readToken } from './identity-token.ts';

export interface BrowserOptions {
  issuer: string;
  /** Tells the person where to log in. */
  show: (text: string) => void;
  /** Given up. */
  signal?: AbortSignal | undefined;
  clock: Clock;
}

/** How Sigstore's issuers know a program that has no secret of its own. */
const CLIENT = 'sigstore';
const TIMEOUT = 20_000;
/** Milliseconds that a person has to log in. */
const PATIENCE = 180_000;
const MAX_ANSWER = 65_536;

/**
 * A person who logs in with a browser: authorization code with PKCE (RFC 7636), sent back to a port on loopback (RFC 8252, 7.3). The address is shown; who has no browser here
 * can open it on a machine whose loopback reaches this port.
 */
export function browserIdentity(options: BrowserOptions): IdentitySource {
  return async () => {
    const { authorize, token } = await endpoints(options.issuer);
    const verifier = randomBytes(32).toString('base64url');
    const [state, nonce] = [randomBytes(16).toString('base64url'), randomBytes(16).toString('base64url')];
    const answer = await Callback.listen(state);
    try {
      const { redirect } = answer;
      const challenge = createHash('sha256').update(verifier).digest('base64url');
      const words = { response_type: 'code', client_id: CLIENT, scope: 'openid email', code_challenge_method: 'S256' };
      const query = new URLSearchParams({ ...words, redirect_uri: redirect, state, nonce, code_challenge: challenge });
      options.show(`Log in to say who signs: ${authorize}?${query.toString()}`);
      const code = await answer.code(options.signal);
      const form = { grant_type: 'authorization_code', client_id: CLIENT, code, redirect_uri: redirect, code_verifier: verifier };
      const { id_token: text } = await asked(token, { method: 'POST', body: new URLSearchParams(form) });
      return ownToken(typeof text === 'string' ? text : '', { nonce, clock: options.clock });
    } finally {
      answer.close();
    }
  };
}

function ownToken(text: string, { nonce, clock }: { nonce: string; clock: Clock }): string {
  const token = readToken(text, { where: 'what the issuer answered', clock });
  const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  if (isJsonObject(claims) && claims['nonce'] === nonce) return token;
  throw noIdentity('The issuer answered with a token for somebody else.');
}

/** OpenID Connect Discovery 1.0, 4. The issuer must call itself what it was called. */
async function endpoints(issuer: string): Promise<{ authorize: string; token: string }> {
  const {
    issuer: named,
    authorization_endpoint: authorize,
    token_endpoint: token,
  } = await asked(`${issuer}/.well-known/openid-configuration`, { method: 'GET' });
  const isSame = typeof named === 'string' && named.replace(/\/$/, '') === issuer.replace(/\/$/, '');
  if (isSame && typeof authorize === 'string' && typeof token === 'string') return { authorize, token };
  throw noIdentity(`${issuer} is no issuer of identities.`);
}

async function asked(address: string, request: RequestInit): Promise<JsonObject> {
  try {
    const response = await fetch(address, { ...request, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT) });
    const answer: unknown = response.ok ? JSON.parse((await response.text()).slice(0, MAX_ANSWER)) : undefined;
    if (isJsonObject(answer)) return answer;
    throw new Error(`it answered ${response.status}`);
  } catch (error) {
    throw noIdentity(`${new URL(address).origin} gave no identity token: ${messageOf(error)}.`);
  }
}

/** Waits on loopback for the browser to come back. */
class Callback {
  readonly #server: Server;
  readonly #answered = Promise.withResolvers<string>();

  private constructor(server: Server, state: string) {
    this.#server = server;
    server.on('request', (request, response) => this.#take(request, response, state));
  }

  static async listen(state: string): Promise<Callback> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
    return new Callback(server, state);
  }

  get redirect(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}/auth/callback`;
  }

  async code(signal: AbortSignal | undefined): Promise<string> {
    const late = AbortSignal.timeout(PATIENCE);
    const ended = signal === undefined ? late : AbortSignal.any([signal, late]);
    const stop = (): void =>
      this.#answered.reject(
        late.aborted ? noIdentity('Nobody has logged in.') : new NexusError('INTERRUPTED', 'Logging in was given up.'),
      );
    if (ended.aborted) stop();
    ended.addEventListener('abort', stop, { once: true });
    try {
      return await this.#answered.promise;
    } finally {
      ended.removeEventListener('abort', stop);
    }
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Whoever does not know the state is somebody else. */
  #take(request: IncomingMessage, response: ServerResponse, state: string): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const isOurs = pathname === '/auth/callback' && searchParams.get('state') === state;
    const code = searchParams.get('code');
    response.writeHead(isOurs ? 200 : 404, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(isOurs ? 'Thank you. This page can be closed.\n' : 'There is nothing here.\n');
    if (!isOurs) return;
    if (code === null)
      this.#answered.reject(noIdentity(`The login was refused: ${searchParams.get('error') ?? 'no reason given'}.`));
    else this.#answered.resolve(code);
  }
}
