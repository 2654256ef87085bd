import { generateKeyPairSync, sign } from 'node:crypto';

import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CONTRACTS, type Scope } from '../../../../src/runtime/app/operation-contracts.ts';
import { ROUTES } from '../../../../src/runtime/serve/routes.ts';
import { ServerBench } from '../server-bench.ts';
import { TinyIssuer } from './tiny-issuer.ts';

/** Addresses that are no rows of the table of routes, and what they need. */
const OTHERS: { method: string; path: string; scope: Scope }[] = [
  { method: 'POST', path: '/v1/specifications', scope: 'specifications:write' },
  { method: 'POST', path: '/specifications', scope: 'specifications:write' },
  { method: 'POST', path: '/v1/missions', scope: 'missions:write' },
  { method: 'POST', path: '/missions', scope: 'missions:write' },
  { method: 'GET', path: '/v1/events/stream', scope: 'missions:read' },
  { method: 'GET', path: '/v1/missions/:mission/events/stream', scope: 'missions:read' },
  { method: 'GET', path: '/v1/missions/:mission/events', scope: 'missions:read' },
  { method: 'GET', path: '/v1/missions/:mission/proof', scope: 'evidence:read' },
];

const ALL_ROUTES = [
  ...ROUTES.map(({ method, path, operation }) => ({ method, path, scope: CONTRACTS[operation].scope })),
  ...OTHERS,
];

/** What anybody may ask for, and the channels that ask for a token in their own way. */
const OPEN = [
  'GET /healthz',
  'GET /readyz',
  'GET /openapi.json',
  'GET /v1/session',
  'POST /v1/session',
  'DELETE /v1/session',
  'GET /v1/mission-events',
  'GET /mission-events',
];

let issuer: TinyIssuer;
let other: TinyIssuer;
let bench: ServerBench;
let mission: string;
/** The public key of the first issuer, as somebody takes it who forges. */
let publicPem: string;

beforeAll(async () => {
  issuer = await TinyIssuer.open();
  other = await TinyIssuer.open();
  const known = { privateNetwork: true, audience: 'agentnexus' };
  bench = await ServerBench.open({
    config: {
      folder: '/',
      issuers: [
        {
          ...known,
          issuer: issuer.url,
          principals: [
            { claims: { sub: 'nothing' }, name: 'idle', scopes: ['ledger:write'] },
            { claims: { sub: 'apart' }, name: 'apart', missions: 'own', scopes: scopesOf(ALL_ROUTES) },
            { claims: { sub: 'ann' }, name: 'ann', scopes: scopesOf(ALL_ROUTES) },
          ],
        },
        { ...known, issuer: other.url, principals: [{ claims: { sub: '*' }, scopes: scopesOf(ALL_ROUTES) }] },
      ],
    },
  });
  const { body } = await bench.post('/v1/missions', { specification: await bench.send() });
  mission = body.id;
  await bench.ended(mission);
  const [jwk] = ((await (await fetch(`${issuer.url}/jwks`)).json()) as { keys: object[] }).keys;
  publicPem = JSON.stringify(jwk);
}, 120_000);
afterAll(async () => {
  await bench.remove();
  await issuer.close();
  await other.close();
});

function scopesOf(routes: readonly { scope: Scope }[]): Scope[] {
  return [...new Set(routes.map(({ scope }) => scope))];
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function claims(): object {
  const now = Math.floor(Date.now() / 1000);
  return { iss: issuer.url, aud: 'agentnexus', sub: 'ann', iat: now, exp: now + 300 };
}

/** Who comes with what, the status that they get, and the reason that the log has. */
const CALLERS: readonly [string, () => Promise<string>, number, string][] = [
  ['no token', async () => '', 401, 'no token'],
  ['what is no token', async () => 'nobody', 401, 'unknown token'],
  ['an expired token', async () => issuer.token({ exp: Math.floor(Date.now() / 1000) - 31 }), 401, 'expired'],
  ['a token without an end', async () => issuer.token({ exp: undefined }), 401, 'claim exp'],
  ['a token of tomorrow', async () => issuer.token({ nbf: Math.floor(Date.now() / 1000) + 86_400 }), 401, 'claim nbf'],
  ['a token for another audience', async () => issuer.token({ aud: 'elsewhere' }), 401, 'audience'],
  ['a token of an unknown issuer', async () => issuer.token({ iss: 'https://issuer.example' }), 401, 'unknown token'],
  ['a token that says another issuer than it comes from', async () => issuer.token({ iss: other.url }), 401, 'signature'],
  ['a token by the key id of another issuer', async () => other.token({ iss: issuer.url }, { kid: 'one' }), 401, 'signature'],
  ['a token by a key id that is not there', async () => issuer.token({}, { kid: '../../etc/passwd' }), 401, 'signature'],
  ['a token without a signature (none)', async () => `${part({ alg: 'none' })}.${part(claims())}.`, 401, 'algorithm'],
  [
    'a token signed with the public key as a secret (HS256)',
    async () =>
      new SignJWT({ ...claims() }).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(new TextEncoder().encode(publicPem)),
    401,
    'algorithm',
  ],
  [
    'a token that brings its own key (jwk)',
    async () => {
      const { privateKey, publicKey } = await generateKeyPair('ES256');
      const header = { alg: 'ES256', kid: 'one', jwk: await exportJWK(publicKey), jku: `${other.url}/jwks` };
      return new SignJWT({ ...claims() }).setProtectedHeader(header).sign(privateKey);
    },
    401,
    'signature',
  ],
  [
    'a token of this server that somebody else has signed',
    async () => {
      const iss = `urn:agentnexus:${bench.host.engine.workspace.id}`;
      const text = `${part({ alg: 'EdDSA', typ: 'at+jwt' })}.${part({ ...claims(), iss, aud: iss, jti: 'x', scope: 'missions:read' })}`;
      return `${text}.${sign(null, Buffer.from(text), generateKeyPairSync('ed25519').privateKey).toString('base64url')}`;
    },
    401,
    'unknown token',
  ],
  ['a token of somebody whom no rule knows', async () => issuer.token({ sub: 'mallory' }), 401, 'no rule'],
  ['a token of the wrong scope', async () => issuer.token({ sub: 'nothing' }), 403, 'scope'],
  ['a token that is for other missions', async () => issuer.token({ sub: 'apart' }), 403, 'mission'],
];

/** What those who may touch their own missions only may ask for all the same: nothing of another is told. */
const APART = ['/v1/missions', '/missions', '/v1/approvals', '/v1/specifications', '/specifications', '/v1/tokens'];

it('is about every route that there is', () => {
  const covered = new Set([...ALL_ROUTES.map(({ method, path }) => `${method} ${path}`), ...OPEN]);
  expect(bench.routes.filter((each) => !each.startsWith('HEAD ') && !covered.has(each))).toEqual([]);
});

describe.each(CALLERS)('whoever comes with %s', (_, tokenOf, status, reason) => {
  it('is refused on every route, and each time it is written down', { timeout: 60_000 }, async () => {
    const token = await tokenOf();
    for (const { method, path, scope } of ALL_ROUTES) {
      if (reason === 'mission' && (APART.includes(path) || /^\/v1\/(?:specifications|tokens)\//.test(path))) continue;
      const at = path.replace(':mission', mission).replaceAll(/:\w+/g, 'x');
      const before = bench.host.engine.log.size;
      const answer = await bench.ask(at, { method, token });
      expect([method, path, answer.status, answer.body.code]).toEqual([
        method,
        path,
        status,
        status === 401 ? 'AUTH_MISSING' : 'AUTH_DENIED',
      ]);
      expect([path, bench.host.engine.log.size]).toEqual([path, before + 1]);
      expect(bench.host.engine.log.entry(before)).toMatchObject({
        kind: 'access.denied',
        data: { reason, scope, what: `${method} ${at}` },
      });
    }
  });
});

describe('a token that is good', () => {
  it('is taken, and its issuer was asked for its keys once for all that came before', async () => {
    expect((await bench.ask('/v1/missions', { token: await issuer.token() })).status).toBe(200);
    expect(issuer.asked).toBeLessThan(5);
  });

  it('is good for half a minute longer, since clocks differ', async () => {
    const token = await issuer.token({ exp: Math.floor(Date.now() / 1000) - 20 });
    expect((await bench.ask('/v1/missions', { token })).status).toBe(200);
  });

  it('shows those who may touch their own missions only none of the others', async () => {
    const token = await issuer.token({ sub: 'apart' });
    expect((await bench.ask('/v1/missions', { token })).body.items).toEqual([]);
    const headers = { authorization: `Bearer ${token}` };
    const text = '# Own\n\n## Contracts\n\n- Contract: Own\n  - Schema: `{ id: UUID }`\n';
    const { body } = await bench.post('/v1/missions', { specification: await bench.send(text) }, headers);
    expect((await bench.ask('/v1/missions', { token })).body.items.map(({ id }) => id)).toEqual([body.id]);
    expect((await bench.ask(`/v1/missions/${body.id}`, { token })).status).toBe(200);
    expect((await bench.ask(`/v1/missions/${body.id.slice(0, 8)}0`, { token })).status).toBe(403);
    await bench.ended(body.id);
  });
});
