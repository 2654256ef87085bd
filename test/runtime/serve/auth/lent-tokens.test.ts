import { assert, asyncProperty, constantFrom, record, subarray } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { SCOPES, type Scope } from '../../../../src/runtime/app/allowance.ts';
import { call } from '../../../../src/runtime/app/call.ts';
import type { TokenView } from '../../../../src/runtime/app/access/access-views.ts';
import { ALL, READER, ServerBench } from '../server-bench.ts';

let bench: ServerBench;
const missions: string[] = [];
beforeAll(async () => {
  bench = await ServerBench.open();
  for (const name of ['One', 'Two']) {
    const text = `# ${name}\n\n## Contracts\n\n- Contract: ${name}\n  - Schema: \`{ id: UUID }\`\n`;
    const { body } = await bench.post('/v1/missions', { specification: await bench.send(text) });
    missions.push(body.id);
    await bench.ended(body.id);
  }
}, 120_000);
afterAll(async () => bench.remove());

async function lend(input: object, by = ALL): Promise<{ status: number; code: string; lent: TokenView }> {
  const { status, body } = await bench.ask('/v1/tokens', {
    method: 'POST',
    token: by,
    body: JSON.stringify({ name: 'helper', ...input }),
    headers: { 'content-type': 'application/json' },
  });
  return { status, code: body.code, lent: body as unknown as TokenView };
}

describe('a token that is lent', () => {
  it('is for less than its lender may, however often it is lent on', { timeout: 60_000 }, async () => {
    const wish = record({ scopes: subarray([...SCOPES], { minLength: 1 }), mission: constantFrom(undefined, 0, 1) });
    await assert(
      asyncProperty(wish, wish, async (first, second) => {
        const asked = ({ scopes, mission }: typeof first): object => ({
          scopes,
          ...(mission === undefined ? {} : { missions: [missions[mission]] }),
        });
        const { status, lent } = await lend(asked({ ...first, scopes: [...new Set<Scope>([...first.scopes, 'tokens:write'])] }));
        expect(status).toBe(201);
        const again = await lend(asked(second), lent.token);
        const isLess = second.scopes.every((scope) => lent.scopes.includes(scope));
        const isWithin = first.mission === undefined || second.mission === undefined || second.mission === first.mission;
        expect(again.status).toBe(isLess && isWithin ? 201 : 403);
        if (again.status !== 201) return;
        expect(again.lent.scopes.every((scope) => lent.scopes.includes(scope))).toBe(true);
        if (first.mission !== undefined) expect(again.lent.missions).toEqual([missions[first.mission]]);
        expect(Date.parse(again.lent.expiresAt)).toBeLessThanOrEqual(Date.parse(lent.expiresAt));
        expect(again.lent.name).toBe('owner/helper/helper');
      }),
      { numRuns: 60 },
    );
  });

  it('is good for its mission and for nothing else, and ends when it is over', async () => {
    const { lent } = await lend({ scopes: ['missions:read', 'evidence:read'], missions: [missions[0]], lifetime: '60s' });
    const ask = async (path: string): Promise<number> => (await bench.ask(path, { token: lent.token })).status;
    expect(await ask(`/v1/missions/${missions[0]}`)).toBe(200);
    expect(await ask(`/v1/missions/${missions[1]}`)).toBe(403);
    expect(await ask('/v1/missions/latest')).toBe(403);
    expect(await ask('/v1/events/stream')).toBe(403);
    expect((await bench.ask('/v1/missions', { token: lent.token })).body.items.map(({ id }) => id)).toEqual([missions[0]]);
    const query = {
      method: 'POST',
      token: lent.token,
      body: '{"sql":"SELECT 1"}',
      headers: { 'content-type': 'application/json' },
    };
    expect((await bench.ask('/v1/evidence/query', query)).status).toBe(403);
    bench.ahead = 61_000;
    expect(await ask(`/v1/missions/${missions[0]}`)).toBe(401);
    bench.ahead = 0;
  });

  it('is lent by those only who may lend, and for an hour at most', async () => {
    expect(await lend({ scopes: ['missions:read'] }, READER)).toMatchObject({ status: 403, code: 'AUTH_DENIED' });
    expect(await lend({ scopes: ['missions:read'], lifetime: '61m' })).toMatchObject({ status: 400, code: 'USAGE' });
    expect(await lend({ scopes: ['all'] })).toMatchObject({ status: 400, code: 'USAGE' });
    expect(await lend({ scopes: ['missions:read'], name: '../owner' })).toMatchObject({ status: 400, code: 'USAGE' });
    let by = ALL;
    for (let round = 0; round < 4; round++) by = (await lend({ scopes: ['tokens:write'] }, by)).lent.token;
    expect(await lend({ scopes: ['tokens:write'] }, by)).toMatchObject({ status: 403, code: 'AUTH_DENIED' });
  });

  it('is taken back by its lender, and by nobody else who does not run the workspace', async () => {
    const lender = (await lend({ scopes: ['tokens:write', 'missions:read'], name: 'ann' })).lent;
    const other = (await lend({ scopes: ['tokens:write'], name: 'eve' })).lent;
    const { lent } = await lend({ scopes: ['missions:read'] }, lender.token);
    const end = async (token: string): Promise<number> =>
      (await bench.ask(`/v1/tokens/${lent.id}/revocation`, { method: 'POST', token })).status;
    expect(await end(other.token)).toBe(403);
    expect((await bench.ask('/v1/missions', { token: lent.token })).status).toBe(200);
    expect(await end(lender.token)).toBe(200);
    expect((await bench.ask('/v1/missions', { token: lent.token })).status).toBe(401);
  });

  it('is no longer good when that which it was lent from was taken back', async () => {
    const lender = (await lend({ scopes: ['tokens:write', 'missions:read'], name: 'ann' })).lent;
    const { lent } = await lend({ scopes: ['missions:read', 'tokens:write'] }, lender.token);
    const last = (await lend({ scopes: ['missions:read'] }, lent.token)).lent;
    const ask = async ({ token }: TokenView): Promise<number> => (await bench.ask('/v1/missions', { token })).status;
    expect([await ask(lender), await ask(lent), await ask(last)]).toEqual([200, 200, 200]);
    expect((await bench.post(`/v1/tokens/${lender.id}/revocation`)).status).toBe(200);
    expect([await ask(lender), await ask(lent), await ask(last)]).toEqual([401, 401, 401]);
  });

  it('that was made beside the server is in the log before it is good for anything', async () => {
    const { dir } = bench.host.engine.workspace;
    const made = await call(
      'tokens.create',
      { name: 'aside', scopes: ['missions:read'] },
      { cwd: dir, workspace: dir, by: 'root' },
    );
    expect((await bench.ask('/v1/missions', { token: made.token })).status).toBe(200);
    const entry = bench.host.engine.log.entryWithKey(`token:${made.id}`);
    expect(entry).toMatchObject({ kind: 'token.minted', data: { by: 'root', name: 'root/aside', scopes: ['missions:read'] } });
    expect(JSON.stringify(entry)).not.toContain(made.token);
  });

  it('ends the streams that were asked for by it', { timeout: 20_000 }, async () => {
    const { lent } = await lend({ scopes: ['missions:read'], lifetime: '2s' });
    const response = await fetch(`${bench.url}/v1/events/stream`, { headers: { authorization: `Bearer ${lent.token}` } });
    expect(response.status).toBe(200);
    expect(await response.text()).not.toContain('event: closed');
  });
});

describe('denials', () => {
  it('of unknown callers are counted after the first ones: nobody fills the log by knocking', async () => {
    const own = await ServerBench.open({ denials: 5 });
    const { log } = own.host.engine;
    for (let round = 0; round < 50; round++) await own.ask('/v1/missions', { token: 'nobody' });
    expect(log.size).toBe(5);
    await own.ask('/v1/doctor', { token: READER });
    expect(log.entry(5)).toMatchObject({ data: { by: 'reader', reason: 'scope' } });
    own.ahead = 60_000;
    await own.ask('/v1/missions', { token: 'nobody' });
    expect(log.entry(6)).toMatchObject({ kind: 'access.denied', data: { times: 45, reason: 'many' } });
    await own.remove();
  });
});
