import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ALL, READER, ServerBench } from '../server-bench.ts';
import { TinyIssuer } from './tiny-issuer.ts';

interface Told {
  csrf: string;
  name: string;
  authenticated: boolean;
  scopes: string[];
  login: { issuer: { clientId: string } | null };
}

let issuer: TinyIssuer;
let bench: ServerBench;
beforeAll(async () => {
  issuer = await TinyIssuer.open();
  const principals = [{ claims: { sub: 'ann' }, name: 'ann', scopes: ['missions:read' as const, 'missions:decide' as const] }];
  bench = await ServerBench.open({
    config: {
      folder: '/',
      issuers: [{ issuer: issuer.url, audience: 'agentnexus', privateNetwork: true, principals }],
      login: { issuer: issuer.url, clientId: 'board' },
    },
  });
});
afterAll(async () => {
  await bench.remove();
  await issuer.close();
});

const cookiesOf = (response: Response): string[] => response.headers.getSetCookie();

const pairOf = (cookie = ''): string => cookie.split(';', 1)[0] ?? '';

async function enter(
  token: string,
  headers: Record<string, string> = {},
): Promise<{ response: Response; cookie: string; csrf: string }> {
  const response = await fetch(`${bench.url}/v1/session`, {
    method: 'POST',
    body: JSON.stringify({ token }),
    headers: { 'content-type': 'application/json', ...headers },
  });
  const { csrf } = (await response.json()) as Told;
  return { response, cookie: pairOf(cookiesOf(response)[0]), csrf };
}

/** Follows one redirect after the other by hand, as a browser would, with a jar of cookies. */
async function throughIssuer(
  change: (back: URL, jar: Map<string, string>) => void = () => undefined,
): Promise<{ response: Response; jar: Map<string, string> }> {
  const jar = new Map<string, string>();
  const keep = (response: Response): void => {
    for (const cookie of cookiesOf(response)) {
      const [name = '', value = ''] = pairOf(cookie).split(/=(.*)/);
      jar.set(name, value);
    }
  };
  const away = await fetch(`${bench.url}/login`, { redirect: 'manual' });
  keep(away);
  const there = await fetch(away.headers.get('location') ?? '', { redirect: 'manual' });
  const back = new URL(there.headers.get('location') ?? '');
  change(back, jar);
  const response = await fetch(back, { headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') } });
  keep(response);
  return { response, jar };
}

describe('a login with a token', () => {
  it('is a cookie that scripts cannot read and other sites cannot send', async () => {
    const { response, cookie } = await enter(READER);
    expect(response.status).toBe(201);
    expect(cookiesOf(response)[0]).toMatch(/^agentnexus=[\w.-]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/);
    const asked = await fetch(`${bench.url}/v1/missions`, { headers: { cookie } });
    expect(asked.status).toBe(200);
    const told = (await (await fetch(`${bench.url}/v1/session`, { headers: { cookie } })).json()) as Told;
    expect(told).toMatchObject({ authenticated: true, name: 'reader', scopes: ['missions:read', 'evidence:read'] });
  });

  it('needs a token that is good', async () => {
    const { response } = await enter('nobody');
    expect(response.status).toBe(401);
    expect(cookiesOf(response)).toEqual([]);
    expect((await enter(READER, { origin: 'https://evil.example' })).response.status).toBe(403);
  });

  it('may what the token may, and no more', async () => {
    const { cookie, csrf } = await enter(READER);
    const headers = { cookie, 'x-csrf-token': csrf };
    expect((await fetch(`${bench.url}/v1/doctor`, { headers })).status).toBe(403);
    expect((await fetch(`${bench.url}/v1/missions/latest/cancel`, { method: 'POST', headers })).status).toBe(403);
  });

  it('changes nothing without the token against forgery, or for another site', async () => {
    const { cookie, csrf } = await enter(ALL);
    const ask = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(`${bench.url}/v1/ledger/fsck`, { method: 'POST', headers: { cookie, ...headers } })).status;
    const before = bench.host.engine.log.size;
    expect(await ask({})).toBe(403);
    expect(bench.host.engine.log.entry(before)).toMatchObject({ kind: 'access.denied', data: { reason: 'csrf' } });
    expect(await ask({ 'x-csrf-token': 'guess' })).toBe(403);
    expect(await ask({ 'x-csrf-token': csrf, origin: 'https://evil.example' })).toBe(403);
    expect(await ask({ 'x-csrf-token': csrf, 'sec-fetch-site': 'same-site' })).toBe(403);
    const other = await enter(ALL);
    expect(await ask({ 'x-csrf-token': other.csrf })).toBe(403);
    expect(await ask({ 'x-csrf-token': csrf, origin: bench.url, 'sec-fetch-site': 'same-origin' })).toBe(200);
  });

  it('ends when it is ended, also for whoever has kept the cookie, and after its time', async () => {
    const { cookie, csrf } = await enter(ALL);
    const left = await fetch(`${bench.url}/v1/session`, { method: 'DELETE', headers: { cookie, 'x-csrf-token': csrf } });
    expect([left.status, cookiesOf(left)[0]]).toEqual([204, expect.stringContaining('Max-Age=0')]);
    expect((await fetch(`${bench.url}/v1/missions`, { headers: { cookie } })).status).toBe(401);
    const again = await enter(ALL);
    bench.ahead = 8 * 3_600_000 + 1000;
    expect((await fetch(`${bench.url}/v1/missions`, { headers: { cookie: again.cookie } })).status).toBe(401);
    bench.ahead = 0;
  });

  it('is no bearer token, and a bearer token is no login', async () => {
    const { cookie } = await enter(ALL);
    expect((await bench.ask('/v1/missions', { token: cookie.split('=')[1] ?? '' })).status).toBe(401);
    const { body } = await bench.post('/v1/tokens', { name: 'x', scopes: ['missions:read'] });
    const { token } = body as unknown as { token: string };
    expect((await fetch(`${bench.url}/v1/missions`, { headers: { cookie: `agentnexus=${token}` } })).status).toBe(401);
    expect((await fetch(`${bench.url}/v1/missions`, { headers: { cookie: `${cookie}; agentnexus=${token}` } })).status).toBe(401);
  });
});

describe('a login at an issuer', () => {
  it('goes by code and PKCE, and ends in a cookie', async () => {
    const { response, jar } = await throughIssuer();
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('url=/')]);
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    const headers = { cookie: `agentnexus=${jar.get('agentnexus')}` };
    const told = (await (await fetch(`${bench.url}/v1/session`, { headers })).json()) as Told;
    expect(told).toMatchObject({ authenticated: true, name: 'ann', scopes: ['missions:read', 'missions:decide'] });
    expect(told.login.issuer).toMatchObject({ issuer: issuer.url, clientId: 'board' });
  });

  it.each<[string, (back: URL, jar: Map<string, string>) => void]>([
    ['another state', (back) => back.searchParams.set('state', 'guess')],
    ['no state', (back) => back.searchParams.delete('state')],
    ['a browser that did not begin it', (_, jar) => jar.clear()],
    ['another code', (back) => back.searchParams.set('code', 'guess')],
    ['the answer of another issuer', (back) => back.searchParams.set('iss', 'https://evil.example')],
    ['a verifier that is not the one', (_, jar) => swap(jar, 'verifier')],
    ['another nonce', (_, jar) => swap(jar, 'nonce')],
  ])('is none with %s', async (_, change) => {
    const before = bench.host.engine.log.size;
    const { response, jar } = await throughIssuer(change);
    expect(response.status).toBe(401);
    expect(jar.has('agentnexus')).toBe(false);
    expect(bench.host.engine.log.entry(before)).toMatchObject({ kind: 'access.denied' });
  });

  it('is none for somebody whom no rule knows', async () => {
    issuer.user = 'mallory';
    expect((await throughIssuer()).response.status).toBe(401);
    issuer.user = 'ann';
  });
});

function swap(jar: Map<string, string>, member: string): void {
  const kept = JSON.parse(Buffer.from(jar.get('agentnexus-login') ?? '', 'base64url').toString()) as Record<string, string>;
  jar.set('agentnexus-login', Buffer.from(JSON.stringify({ ...kept, [member]: 'guess' })).toString('base64url'));
}
