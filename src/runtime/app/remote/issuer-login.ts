import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

import { messageOf, NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject, parsedJson } from '../../../base/json.ts';
import { type Refresh, requireSafe } from './remotes.ts';

/** An issuer, as a control plane names it, and what to log in as. */
export interface LoginPlace {
  issuer: string;
  clientId: string;
  scopes: readonly string[];
}

/** What somebody has after a login. */
export interface LoggedIn {
  token: string;
  refresh?: Refresh;
}

interface Asking {
  /** Tells the user where to go. */
  tell: (text: string) => void;
  signal: AbortSignal | undefined;
}

const PATIENCE = 30_000;

/** How long a user may take, in milliseconds. */
const LOGIN = 600_000;

/** Logs in by a browser on this machine: authorization code and PKCE, back to a port of loopback (RFC 8252, section 7.3). */
export async function loginByBrowser(place: LoginPlace, asking: Asking): Promise<LoggedIn> {
  const { authorization, token } = await endpointsOf(place);
  const [state, verifier] = [randomBytes(24).toString('base64url'), randomBytes(32).toString('base64url')];
  const back = createServer();
  await new Promise<void>((resolve) => back.listen(0, '127.0.0.1', resolve));
  try {
    const redirect = `http://127.0.0.1:${(back.address() as AddressInfo).port}/callback`;
    const address = new URL(authorization);
    const query = {
      response_type: 'code',
      client_id: place.clientId,
      redirect_uri: redirect,
      scope: place.scopes.join(' '),
      state,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
    asking.tell(`Open this address in a browser, and log in:\n${address.href}`);
    const code = await codeFrom(back, { state, issuer: place.issuer, signal: asking.signal });
    const form = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirect,
      client_id: place.clientId,
      code_verifier: verifier,
    };
    return loggedIn(await post(token, form), { endpoint: token, clientId: place.clientId });
  } finally {
    back.closeAllConnections();
    back.close();
  }
}

/** Logs in by a browser anywhere else: the user brings a code there (RFC 8628). */
export async function loginByDevice(place: LoginPlace, { tell, signal }: Asking): Promise<LoggedIn> {
  const { device, token } = await endpointsOf(place);
  if (device === undefined) {
    throw new NexusError('LOGIN_FAILED', `${place.issuer} has no login for devices.`, { hint: 'Leave --device out.' });
  }
  const begun = await post(device, { client_id: place.clientId, scope: place.scopes.join(' ') });
  const { device_code: code, user_code: shown, verification_uri: where, verification_uri_complete: whole } = begun;
  tell(`Open ${text(whole) || text(where)} in a browser, and enter ${text(shown)}`);
  const form = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: text(code), client_id: place.clientId };
  let pause = Math.max(typeof begun['interval'] === 'number' ? begun['interval'] : 5, 0.05);
  for (let waited = 0; waited < LOGIN / 1000; waited += pause) {
    await wait(pause * 1000, undefined, signal === undefined ? {} : { signal });
    const answer = await post(token, form, ['authorization_pending', 'slow_down']);
    if (answer['error'] === undefined) return loggedIn(answer, { endpoint: token, clientId: place.clientId });
    if (answer['error'] === 'slow_down') pause += 5;
  }
  throw failed('Nobody has logged in.');
}

/** A new token for an old login. Throws `LOGIN_FAILED` if it is over. */
export async function renewLogin({ token, endpoint, clientId }: Refresh): Promise<LoggedIn> {
  const answer = await post(endpoint, { grant_type: 'refresh_token', refresh_token: token, client_id: clientId });
  // An issuer that gives no new one goes on with the old one (RFC 6749, section 6).
  return loggedIn({ refresh_token: token, ...answer }, { endpoint, clientId });
}

async function endpointsOf({
  issuer,
}: LoginPlace): Promise<{ authorization: string; token: string; device: string | undefined }> {
  const found = await ask(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  if (found['issuer'] !== issuer) throw failed(`What lies at ${issuer} calls itself another issuer.`);
  const [authorization = '', token = '', device] = ['authorization', 'token', 'device_authorization'].map((name) => {
    const address = found[`${name}_endpoint`];
    return typeof address === 'string' ? requireSafe(address) : undefined;
  });
  return { authorization, token, device };
}

/** The code that the browser brings back. What does not know the state is not listened to. */
async function codeFrom(
  back: Server,
  { state, issuer, signal }: { state: string; issuer: string; signal: AbortSignal | undefined },
): Promise<string> {
  const late = AbortSignal.timeout(LOGIN);
  const over = signal === undefined ? late : AbortSignal.any([signal, late]);
  return new Promise((resolve, reject) => {
    over.addEventListener('abort', () => reject(failed('Nobody has logged in.')));
    back.on('request', (request, response) => {
      const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://127.0.0.1');
      const isOurs = pathname === '/callback' && query.get('state') === state && (query.get('iss') ?? issuer) === issuer;
      const code = query.get('code');
      response.writeHead(isOurs ? 200 : 404, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
      response.end(isOurs ? 'You may close this page.\n' : 'There is nothing here.\n', () => {
        if (isOurs && code !== null) resolve(code);
        else if (isOurs) reject(failed(`The issuer says: ${query.get('error') ?? 'no'}.`));
      });
    });
  });
}

function loggedIn(answer: JsonObject, { endpoint, clientId }: Omit<Refresh, 'token'>): LoggedIn {
  const { id_token: token, refresh_token: refresh } = answer;
  if (typeof token !== 'string') throw failed('The issuer has given no ID token.');
  return { token, ...(typeof refresh === 'string' ? { refresh: { token: refresh, endpoint, clientId } } : {}) };
}

async function post(address: string, form: Record<string, string>, expected: readonly string[] = []): Promise<JsonObject> {
  return ask(address, { method: 'POST', body: new URLSearchParams(form) }, expected);
}

async function ask(address: string, init: RequestInit = {}, expected: readonly string[] = []): Promise<JsonObject> {
  let response: Response;
  try {
    response = await fetch(requireSafe(address), { ...init, redirect: 'error', signal: AbortSignal.timeout(PATIENCE) });
  } catch (error) {
    if (error instanceof NexusError) throw error;
    throw failed(`The issuer cannot be asked: ${messageOf(error instanceof Error ? (error.cause ?? error) : error)}.`);
  }
  const value = parsedJson(await response.text());
  if (!isJsonObject(value)) throw failed(`The issuer answers with status ${response.status}, and no JSON.`);
  if (response.ok || expected.includes(text(value['error']))) return value;
  throw failed(`The issuer says: ${text(value['error_description']) || text(value['error']) || response.status}.`);
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function failed(message: string): NexusError {
  return new NexusError('LOGIN_FAILED', message, { hint: 'Try again: `spec-kit remote login NAME`.' });
}
