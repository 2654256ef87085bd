import { createRequire } from 'node:module';

import { Ajv } from 'ajv';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { systemClock } from '../../../../src/base/clock.ts';
import { RateLimits } from '../../../../src/runtime/serve/traffic/rate-limits.ts';
import { ALL, READER, ServerBench } from '../server-bench.ts';

let bench: ServerBench;
let missions: string[];
/** When the limits think that it is, once time stands still. */
let still: number | undefined;
beforeAll(async () => {
  bench = await ServerBench.open({ limits: new RateLimits({ now: () => still ?? systemClock.now() }, 100) });
  const specification = await bench.send();
  missions = [];
  for (const force of [[], ['contract:note'], ['contract:note']]) {
    const { body } = await bench.post('/v1/missions', { specification, force });
    await bench.ended(body.id);
    missions.unshift(body.id);
  }
}, 240_000);
afterAll(async () => bench.remove());

it('gives missions page by page, and says where the next page is', async () => {
  const seen: string[] = [];
  for (let path: string | undefined = '/v1/missions?limit=2&states=succeeded'; path !== undefined;) {
    const { body, headers } = await bench.ask(path);
    seen.push(...body.items.map(({ id }) => id));
    path = /^<(.*)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
    expect(body.next).toBe(path === undefined ? null : seen.at(-1));
  }
  expect(seen).toEqual(missions);
  expect((await bench.ask('/v1/missions?limit=0')).status).toBe(400);
  expect((await bench.ask('/v1/missions?limit=1001')).status).toBe(400);
});

it('does not answer again what is known', async () => {
  const path = `/v1/missions/${missions[0]}`;
  bench.host.engine.log.checkpoint();
  const { headers } = await bench.ask(path);
  const tag = headers.get('etag') ?? '';
  expect((await bench.ask(path, { headers: { 'if-none-match': `"other", ${tag}` } })).status).toBe(304);
  expect((await bench.ask(path, { token: READER, headers: { 'if-none-match': tag } })).status).toBe(200);
  expect((await bench.ask(`${path}/logs`, { headers: { 'if-none-match': tag } })).status).toBe(200);
  await bench.write(1);
  expect((await bench.ask(path, { headers: { 'if-none-match': tag } })).status).toBe(200);
});

it('says one word to many, and of each whether it was heard', async () => {
  const { body } = await bench.post('/v1/bulk-actions', { word: 'cancel', missions: [missions[0], 'nothing'] });
  expect(body.items).toMatchObject([
    { mission: missions[0], problem: { status: 409, code: 'MISSION_STATE' } },
    { mission: 'nothing', problem: { status: 404 } },
  ]);
  const all = await bench.post('/v1/bulk-actions', { word: 'cancel', states: ['succeeded'] });
  expect(all.body.items).toHaveLength(3);
  for (const wrong of [{}, { word: 'shout', missions: [] }, { word: 'cancel' }, { word: 'cancel', missions: [1] }]) {
    expect((await bench.post('/v1/bulk-actions', wrong)).status).toBe(400);
  }
  const reader = await bench.ask('/v1/bulk-actions', { method: 'POST', token: READER });
  expect(reader.status).toBe(403);
});

it('says how much there is to do, and how it fares', async () => {
  expect((await bench.ask('/v1/queue')).body).toMatchObject({
    kind: 'Queue',
    missions: { succeeded: 3, running: 0 },
    approvals: 0,
    depth: 0,
  });
  const response = await fetch(`${bench.url}/metrics`, { headers: { authorization: `Bearer ${ALL}` } });
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const text = await response.text();
  expect(text).toContain('agentnexus_missions{state="succeeded"} 3\n');
  expect(text).toMatch(/^agentnexus_http_requests_total\{method="GET",route="\/v1\/missions\/:mission",status="304"\} 1$/m);
  expect(text).toMatch(/^agentnexus_http_request_duration_seconds_bucket\{route="\/v1\/queue",le="\+Inf"\} 1$/m);
});

it('refuses who asks too often, and says for how long', async () => {
  still = systemClock.now();
  const answers = await Promise.all(Array.from({ length: 300 }, async () => bench.ask('/v1/queue', { token: READER })));
  expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(100);
  const refused = answers.find(({ status }) => status === 429);
  expect(refused?.body.code).toBe('RATE_LIMITED');
  expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
  const fine = await bench.ask('/v1/queue');
  expect([fine.status, fine.headers.get('ratelimit-policy')]).toEqual([200, '"requests";q=200;w=2']);
  expect(fine.headers.get('ratelimit')).toMatch(/^"requests";r=\d+;t=\d+$/);
  still = undefined;
});

it('tells auditors what they are for, and nothing else', async () => {
  const start = bench.host.engine.log.size;
  const socket = new WebSocket(`${bench.url.replace('http', 'ws')}/spec.logs`);
  const events: { type: string }[] = [];
  const after = `${bench.host.engine.workspace.id.slice(0, 8)}.${start - 1}`;
  await new Promise((resolve) => socket.once('open', resolve));
  const first = new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer) => {
      events.push(JSON.parse(data.toString('utf8')) as { type: string });
      if (events.length === 2) resolve();
    });
  });
  socket.send(JSON.stringify({ type: 'hello', token: ALL, after }));
  await bench.write(3);
  await bench.send('# Another\n');
  await bench.write(3);
  await bench.ask('/v1/doctor', { token: READER });
  await first;
  socket.close();
  expect(events.map(({ type }) => type)).toEqual(['dev.agentnexus.specification.received', 'dev.agentnexus.access.denied']);
});

it('describes its streams as AsyncAPI has it', async () => {
  const { body } = await bench.ask('/asyncapi.json', { token: '' });
  const schema = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0-without-$id.json') as object;
  const ajv = new Ajv({ strict: false, logger: false, validateFormats: false });
  const check = ajv.compile(schema);
  expect(check(body), JSON.stringify(check.errors?.slice(0, 3))).toBe(true);
});
