import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash } from 'node:crypto';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import type { JsonObject } from '../../../../src/base/json.ts';
import { browserIdentity } from '../../../../src/runtime/vault/keyless/browser-identity.ts';
import { ciIdentity } from '../../../../src/runtime/vault/keyless/identity-token.ts';
import { PUBLIC_SERVICES, readSigningConfig } from '../../../../src/runtime/vault/keyless/signing-services.ts';
import { identityToken } from '../../../support/mock-sigstore.ts';

const CLOCK = { now: () => 1_800_000_000_000 };
const OPTIONS = { audience: 'sigstore', clock: CLOCK };

type Answers = (request: {
  path: string;
  query: URLSearchParams;
  body: URLSearchParams;
  bearer: string;
}) => JsonObject | undefined;

let server: Server;
let url: string;
let answers: Answers = () => undefined;
beforeAll(async () => {
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
afterEach(() => (answers = () => undefined));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { pathname: path, searchParams: query } = new URL(request.url ?? '/', url);
  const body = new URLSearchParams(Buffer.concat(chunks).toString());
  const found = answers({ path, query, body, bearer: request.headers.authorization ?? '' });
  response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(found ?? {}));
}

describe('the identity of a job', () => {
  it('is the token that is handed to it', async () => {
    expect(await ciIdentity({ SIGSTORE_ID_TOKEN: `${identityToken()}\n` }, OPTIONS)?.()).toBe(identityToken());
    expect(ciIdentity({}, OPTIONS)).toBeUndefined();
    expect(ciIdentity({ SIGSTORE_ID_TOKEN: '', ACTIONS_ID_TOKEN_REQUEST_URL: url }, OPTIONS)).toBeUndefined();
  });

  it('is asked of GitHub, made out to the authority', async () => {
    answers = ({ query, bearer }) =>
      query.get('audience') === 'sigstore' && query.get('api') === '2' && bearer === 'Bearer secret'
        ? { value: identityToken() }
        : undefined;
    const env = { ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?api=2`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'secret' };
    expect(await ciIdentity(env, OPTIONS)?.()).toBe(identityToken());
    const refused = ciIdentity({ ...env, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'other' }, OPTIONS)?.();
    await expect(refused).rejects.toMatchObject({ code: 'IDENTITY_UNAVAILABLE', message: expect.stringContaining('404') });
  });

  it.each([
    ['no token', 'secret-text'],
    ['one without a subject', 'a.e30.c'],
    ['one that has expired', identityToken('me', { exp: CLOCK.now() / 1000 - 1 })],
  ])('is not %s, which is never repeated', async (_, text) => {
    const error = await ciIdentity({ SIGSTORE_ID_TOKEN: text }, OPTIONS)?.().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'IDENTITY_UNAVAILABLE' });
    expect(String(error)).not.toContain(text);
  });
});

describe('a person who logs in', () => {
  /** An issuer that hands out a code to whoever asks, and a token for it to whoever began. */
  function issuer(token: (nonce: string) => string): void {
    let asked = new URLSearchParams();
    answers = ({ path, query, body }) => {
      if (path === '/.well-known/openid-configuration')
        return { issuer: url, authorization_endpoint: `${url}/auth`, token_endpoint: `${url}/token` };
      if (path === '/auth') asked = query;
      if (path === '/auth') return {};
      const challenge = createHash('sha256')
        .update(body.get('code_verifier') ?? '')
        .digest('base64url');
      const isSame = challenge === asked.get('code_challenge') && body.get('redirect_uri') === asked.get('redirect_uri');
      return isSame && body.get('code') === 'the-code' ? { id_token: token(asked.get('nonce') ?? '') } : undefined;
    };
  }

  /** What a browser does: logs in, and comes back with what it was given. */
  async function browse(
    shown: string,
    { state }: { state?: string } = {},
    back: Record<string, string> = { code: 'the-code' },
  ): Promise<number> {
    const address = new URL(shown.slice(shown.indexOf('http')));
    await fetch(address);
    const words = { state: state ?? address.searchParams.get('state') ?? '', ...back };
    const callback = (address.searchParams.get('redirect_uri') ?? '').replace('localhost', '127.0.0.1');
    return (await fetch(`${callback}?${new URLSearchParams(words).toString()}`)).status;
  }

  it('is believed with the token that the issuer made for this login', async () => {
    issuer((nonce) => identityToken('me@example.com', { nonce }));
    const statuses: Promise<number>[] = [];
    const show = (text: string): void => void statuses.push(browse(text));
    expect(await browserIdentity({ issuer: url, show, clock: CLOCK })()).toMatch(/^[\w-]+\.[\w-]+\.x$/);
    expect(await Promise.all(statuses)).toEqual([200]);
  });

  it('is not taken for another one: neither a forged callback nor a token of another login counts', async () => {
    issuer(() => identityToken('eve@example.com', { nonce: 'of another' }));
    const show = (text: string): void => void browse(text, { state: 'guessed' }, { code: 'evil' }).then(() => browse(text));
    await expect(browserIdentity({ issuer: url, show, clock: CLOCK })()).rejects.toMatchObject({
      code: 'IDENTITY_UNAVAILABLE',
      message: expect.stringContaining('somebody else'),
    });
  });

  it('may refuse, or be given up', async () => {
    issuer((nonce) => identityToken('me', { nonce }));
    const refuse = (text: string): void => void browse(text, {}, { error: 'access_denied' });
    await expect(browserIdentity({ issuer: url, show: refuse, clock: CLOCK })()).rejects.toThrow('access_denied');
    const stop = new AbortController();
    const leave = (): void => stop.abort();
    const given = browserIdentity({ issuer: url, show: leave, signal: stop.signal, clock: CLOCK })();
    await expect(given).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });

  it('is not sent to something that is no issuer', async () => {
    const login = browserIdentity({ issuer: url, show: () => undefined, clock: CLOCK });
    await expect(login()).rejects.toMatchObject({ code: 'IDENTITY_UNAVAILABLE' });
    answers = () => ({ issuer: 'https://other.example', authorization_endpoint: `${url}/auth`, token_endpoint: `${url}/token` });
    await expect(login()).rejects.toThrow('no issuer');
  });
});

describe('a signing configuration', () => {
  const service = (address: string, more: JsonObject = {}): JsonObject => ({
    url: address,
    majorApiVersion: 1,
    validFor: { start: '2025-01-01T00:00:00Z' },
    ...more,
  });
  const config = (parts: JsonObject = {}): string =>
    JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
      caUrls: [service('https://ca.example/')],
      oidcUrls: [service('https://login.example/auth')],
      rekorTlogUrls: [service('https://old.example'), service('https://new.example', { majorApiVersion: 2 })],
      tsaUrls: [service('https://time.example/api/v1/timestamp')],
      ...parts,
    });

  it('names the newest that is known and in use', () => {
    expect(readSigningConfig(config(), CLOCK.now())).toEqual({
      ca: 'https://ca.example',
      log: { url: 'https://new.example', version: 2 },
      timestamps: 'https://time.example/api/v1/timestamp',
      issuer: 'https://login.example/auth',
    });
    const over = { start: '2020-01-01T00:00:00Z', end: '2021-01-01T00:00:00Z' };
    const logs = [
      service('https://next.example', { majorApiVersion: 3 }),
      service('https://late.example', { majorApiVersion: 2, validFor: over }),
    ];
    expect(readSigningConfig(config({ rekorTlogUrls: [...logs, service('https://old.example')] }), CLOCK.now())).toMatchObject({
      log: { url: 'https://old.example', version: 1 },
    });
  });

  it.each([
    ['no JSON', 'caUrls: []'],
    ['another document', JSON.stringify(PUBLIC_SERVICES)],
    ['no authority', config({ caUrls: [] })],
    ['no address', config({ caUrls: [service('ca.example')] })],
    ['neither log nor time stamps', config({ rekorTlogUrls: [], tsaUrls: [] })],
  ])('is refused with %s', (_, text) => {
    expect(() => readSigningConfig(text, CLOCK.now())).toThrow(expect.objectContaining({ code: 'TRUSTED_ROOT_UNUSABLE' }));
  });
});
