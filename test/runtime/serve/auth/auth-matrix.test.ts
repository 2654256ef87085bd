import { generateKeyPairSync, sign } from 'node:crypto';

import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { type Scope, SCOPES } from '../../../../src/runtime/app/allowance.ts';
import { CONTRACTS } from '../../../../src/runtime/app/operation-contracts.ts';
import { ROUTES } from '../../../../src/runtime/serve/routes.ts';
import { ServerBench } from '../server-bench.ts';
import { TinyIssuer } from './tiny-issuer.ts';

/** What anybody may ask for, and the channels that ask for a token in their own way. */
const OPEN = [
  'GET /',
  'GET /board',
  'GET /board/*',
  'GET /board/assets/:name',
  'GET /healthz',
  'GET /readyz',
  'GET /openapi.json',
  'GET /asyncapi.json',
  'GET /v1/session',
  'POST /v1/session',
  'DELETE /v1/session',
  'GET /v1/mission-events',
  'GET /mission-events',
  'GET /v1/spec.logs',
  'GET /spec.logs',
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
            { claims: { sub: 'nothing' }, name: 'idle', scopes: [] },
            { claims: { sub: 'apart' }, name: 'apart', missions: 'own', scopes: [...SCOPES] },
            { claims: { sub: 'ann' }, name: 'ann', scopes: [...SCOPES] },
          ],
        },
        { ...known, issuer: other.url, principals: [{ claims: { sub: '*' }, scopes: [...SCOPES] }] },
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

/** Every address that is answered, but for those that anybody may ask for; a new one is among them by itself. */
function guarded(): { method: string; path: string; scope: Scope | undefined }[] {
  const wanted = bench.routes.filter((each) => !each.startsWith('HEAD ') && !OPEN.includes(each));
  return wanted.map((each) => {
    const [method = '', path = ''] = each.split(' ');
    const row = ROUTES.find((route) => route.method === method && route.path === path);
    return { method, path, scope: row && CONTRACTS[row.operation].scope };
  });
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
const APART = ['/v1/missions', '/missions', '/v1/approvals', '/v1/specifications', '/specifications', '/v1/tokens', '/mcp'];

it('is about every row of the table of routes, and about what else is answered', () => {
  const covered = guarded().map(({ method, path }) => `${method} ${path}`);
  expect(covered).toEqual(expect.arrayContaining(ROUTES.map(({ method, path }) => `${method} ${path}`)));
  expect(covered.length).toBeGreaterThan(ROUTES.length);
});

describe.each(CALLERS)('whoever comes with %s', (_, tokenOf, status, reason) => {
  it('is refused on every route, and each time it is written down', { timeout: 120_000 }, async () => {
    const token = await tokenOf();
    for (const { method, path, scope } of guarded()) {
      if (reason === 'mission' && (APART.includes(path) || /^\/v1\/(?:specifications|tokens)\//.test(path))) continue;
      const at = path.replace(':mission', mission).replaceAll(/:\w+|\*/g, 'x');
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
        data: { reason, ...(scope && { scope }), what: `${method} ${at}` },
      });
    }
  });
});

describe.each(CALLERS)('whoever comes another way with %s', (_, tokenOf, status, reason) => {
  it('is refused every operation over gRPC, and each time it is written down', { timeout: 120_000 }, async () => {
    const token = await tokenOf();
    for (const { operation, path } of ROUTES) {
      if (reason === 'mission' && !path.includes(':mission')) continue;
      const before = bench.host.engine.log.size;
      const answer = await bench.ask('/agentnexus.v1.OperationService/CallOperation', {
        method: 'POST',
        token,
        body: JSON.stringify({ operation, input: path.includes(':mission') ? { mission } : {} }),
        headers: { 'content-type': 'application/json' },
      });
      expect([operation, answer.status, answer.body.code]).toEqual([
        operation,
        status,
        status === 401 ? 'unauthenticated' : 'permission_denied',
      ]);
      expect(bench.host.engine.log.size).toBe(before + 1);
      expect(bench.host.engine.log.entry(before)).toMatchObject({ kind: 'access.denied', data: { reason } });
    }
  });

  it('is refused the events over WebSocket, too', async () => {
    const token = await tokenOf();
    const socket = new WebSocket(`${bench.url.replace('http', 'ws')}/v1/mission-events`);
    socket.on('open', () => socket.send(JSON.stringify({ type: 'hello', token, mission })));
    const messages: unknown[] = [];
    socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString())));
    const before = bench.host.engine.log.size;
    expect(await new Promise((resolve) => socket.on('close', resolve))).toBe(1008);
    expect(messages).toEqual([expect.objectContaining({ code: status === 401 ? 'AUTH_MISSING' : 'AUTH_DENIED' })]);
    expect(bench.host.engine.log.entry(before)).toMatchObject({
      kind: 'access.denied',
      data: { what: expect.stringContaining('mission-events') },
    });
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

  it('shows those who may touch their own missions only none of the others', { timeout: 120_000 }, async () => {
    const token = await issuer.token({ sub: 'apart' });
    expect((await bench.ask('/v1/missions', { token })).body.items.map(({ id }) => id)).not.toContain(mission);
    const headers = { authorization: `Bearer ${token}` };
    const text = '# Own\n\n## Contracts\n\n- Contract: Own\n  - Schema: `{ id: UUID }`\n';
    const { body } = await bench.post('/v1/missions', { specification: await bench.send(text) }, headers);
    expect((await bench.ask('/v1/missions', { token })).body.items.map(({ id }) => id)).toEqual([body.id]);
    expect((await bench.ask(`/v1/missions/${body.id}`, { token })).status).toBe(200);
    expect((await bench.ask(`/v1/missions/${body.id.slice(0, 8)}0`, { token })).status).toBe(403);
    await bench.ended(body.id);
  });
});
