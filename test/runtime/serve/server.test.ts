import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { ROUTES } from '../../../src/runtime/serve/routes.ts';
import { CONTRACTS } from '../../../src/runtime/app/operation-contracts.ts';
import { newAjv } from '../../../src/base/schema.ts';
import { call } from '../../../src/runtime/app/call.ts';
import { bundleWith } from '../../cli/scripted-bundle.ts';
import { ALL, READER, ServerBench } from './server-bench.ts';

let bench: ServerBench;
let mission: string;
beforeAll(async () => {
  bench = await ServerBench.open();
  const { body } = await bench.post('/v1/missions', { specification: await bench.send() }, { 'idempotency-key': 'first' });
  mission = body.id;
  await bench.ended(mission);
}, 120_000);
afterAll(async () => bench.remove());

/** Reads server-sent events until `enough` says so, then cuts the line. */
async function events(
  path: string,
  { after, enough }: { after?: string; enough: (ids: string[]) => boolean },
): Promise<string[]> {
  const cut = new AbortController();
  const headers = { authorization: `Bearer ${ALL}`, ...(after === undefined ? {} : { 'last-event-id': after }) };
  const response = await fetch(`${bench.url}${path}`, { headers, signal: cut.signal });
  const ids: string[] = [];
  let rest = '';
  try {
    for await (const chunk of response.body!) {
      rest += Buffer.from(chunk).toString('utf8');
      for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
        const message = rest.slice(0, end);
        rest = rest.slice(end + 2);
        const id = /^id: (.*)$/m.exec(message)?.[1];
        if (id !== undefined && message.includes('event: event')) ids.push(id);
        if (message.includes('event: closed')) ids.push('closed');
        if (enough(ids)) return ids;
      }
    }
  } finally {
    cut.abort();
  }
  return ids;
}

describe('a mission over HTTP', () => {
  it('is begun, ends like any other, and is proven', async () => {
    expect(await bench.ended(mission)).toMatchObject({ state: 'succeeded', gate: { result: 'pass' } });
    const { body } = await bench.post(`/v1/missions/${mission}/verification`);
    expect(body).toMatchObject({ kind: 'Verification', result: 'verified' });
    const evidence = await bench.ask(`/v1/missions/${mission}/evidence`);
    expect(evidence.body.items.length).toBeGreaterThan(3);
  });

  it('is begun once, however often it is asked for under one key', async () => {
    const specification = await bench.send();
    const again = await bench.post('/v1/missions', { specification }, { 'idempotency-key': 'first' });
    expect([again.status, again.body.id]).toEqual([200, mission]);
    // Nothing new came of it: there is nothing to do.
    const unchanged = await bench.post('/v1/missions', { specification });
    expect([unchanged.status, unchanged.body]).toMatchObject([200, { id: mission, unchanged: true }]);
    const other = await bench.post('/v1/missions', { specification, priority: 'P0' }, { 'idempotency-key': 'first' });
    expect([other.status, other.body.code]).toEqual([422, 'IDEMPOTENCY_MISMATCH']);
  });

  it('takes the contract MissionPrompt, at the address that the specification names', { timeout: 120_000 }, async () => {
    const specification = await bench.send('# Other\n\n## Contracts\n\n- Contract: Other\n  - Schema: `{ id: UUID }`\n');
    const id = '0198c0de-0000-7000-8000-000000000001';
    const prompt = {
      id,
      objective: 'Have it',
      priority: 'P0',
      originatingSpec: `${bench.url}/v1/specifications/${specification}`,
      createdAt: '2026-01-01T00:00:00.000Z',
    };
    const { status, body } = await bench.post('/missions', prompt);
    expect([status, body.id, body.objective, body.priority]).toEqual([201, id, 'Have it', 'P0']);
    await bench.ended(id);
  });

  it('fetches nothing from where a client says that a specification lies', async () => {
    let asked = 0;
    const elsewhere = createServer((_, response) => void response.end(String(++asked)));
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
    for (const specification of [`${url}/spec.tgz`, `${url}/shop.git`, `${url}/spec.zip#sha256=${'0'.repeat(64)}`, 'spec.md']) {
      const { status, body } = await bench.post('/v1/missions', { specification });
      expect([status, body.code, asked]).toEqual([404, 'NOT_FOUND', 0]);
    }
    elsewhere.close();
  });

  it('names no folder of the server', async () => {
    const paths = ['', '/logs', '/report', '/evidence', '/events', '/tasks/contract:note/explanation'];
    for (const path of paths) {
      const { body } = await bench.ask(`/v1/missions/${mission}${path}`);
      expect([path, JSON.stringify(body).includes(bench.dir)]).toEqual([path, false]);
    }
    const doctor = JSON.stringify((await bench.ask('/v1/doctor')).body);
    expect(doctor).not.toContain(`${bench.dir}/`);
    expect(doctor).toContain('keys/signing.key');
    const { body } = await bench.ask(`/v1/missions/${mission}`);
    const { id } = bench.host.engine.workspace;
    expect(body).toMatchObject({ workspace: `workspace:${id}`, output: expect.stringContaining(`workspace:${id}/build/`) });
    const report = await bench.ask(`/v1/missions/${mission}/report`);
    expect(JSON.stringify(report.body)).toContain(`urn:agentnexus:specification/${await bench.send()}`);
  });

  it('refuses what it does not know, and agents that would run what a client says', async () => {
    const specification = await bench.send();
    expect((await bench.post('/v1/missions', { specification, script: 1 })).status).toBe(400);
    expect((await bench.post('/v1/missions', { specification, agent: 'script:/etc/passwd' })).status).toBe(403);
    expect((await bench.post('/v1/missions', { specification: 'sha256:00' })).status).toBe(404);
    expect((await bench.post('/v1/missions', { specification: '../../etc/passwd' })).status).toBe(404);
    expect((await bench.post('/v1/missions/..%2F..%2F/verification')).status).toBe(404);
    expect((await bench.ask('/v1/missions?states=odd')).body).toMatchObject({
      code: 'USAGE',
      errors: [{ pointer: '#/states/0' }],
    });
    const broken = await bench.ask('/v1/specifications', {
      method: 'POST',
      body: 'x',
      headers: { 'content-type': 'application/gzip' },
    });
    expect([broken.status, broken.body.code]).toEqual([422, 'BUNDLE_ARCHIVE']);
  });

  it('answers every operation with what its schema says', async () => {
    const { body } = await bench.ask('/openapi.json');
    const ajv = newAjv();
    ajv.addSchema({ $id: 'doc:', components: body.components });
    for (const { method, path, operation } of ROUTES.filter((row) => row.method === 'GET')) {
      const at = path
        .replace(':specification', await bench.send())
        .replace(':mission', mission)
        .replace(':task', 'contract:note')
        .replace(':artifact', 'package.json')
        .replace(':seq', '0');
      const answer = await bench.ask(at, { method });
      expect(answer.status, `${path} ${JSON.stringify(answer.body).slice(0, 200)}`).toBe(200);
      const check = ajv.compile({ $ref: `doc:#/components/schemas/${CONTRACTS[operation].output}` });
      expect(check(answer.body), `${path}: ${ajv.errorsText(check.errors)}`).toBe(true);
    }
  });
});

describe('a question of an agent', () => {
  it('is seen and answered over HTTP, while the agent waits', { timeout: 60_000 }, async () => {
    const steps = [{ ask: { kind: 'execute' as const, rawInput: { command: 'curl a.example' } }, note: 'curl.txt' }];
    for (const [path, text] of Object.entries(bundleWith(steps))) bench.place(path, text);
    const input = { bundle: 'spec', agent: 'scripted', unsafeNoSandbox: true, answerWithin: '50s' };
    const begun = await call('apply', input, { cwd: bench.dir, workspace: `${bench.dir}/w`, beginOnly: true });
    const { id } = begun as { id: string };
    const open = async (): Promise<unknown[]> => (await bench.ask(`/v1/missions/${id}/approvals`)).body.items;
    await expect.poll(open, { timeout: 20_000 }).toHaveLength(1);
    expect((await bench.ask('/v1/approvals')).body.items).toEqual(await open());
    expect(await open()).toMatchObject([
      { task: 'work:t001', question: 'q1', action: { kind: 'run', argv: ['curl', 'a.example'] } },
    ]);

    const path = `/v1/missions/${id}/approve`;
    expect((await bench.post(path, { task: 'work:t001' })).status).toBe(400);
    expect((await bench.post(path, { task: 'work:t001', question: 'q2' })).status).toBe(404);
    const answer = { task: 'work:t001', question: 'q1' };
    const reader = { authorization: `Bearer ${READER}` };
    expect((await bench.post(path, answer, reader)).status).toBe(403);
    expect((await bench.post(path, answer)).status).toBe(200);
    expect(await bench.ended(id)).toMatchObject({ state: 'succeeded' });
    const { body } = await bench.ask(`/v1/missions/${id}/logs`);
    expect(JSON.stringify(body.items)).toContain('owner said yes');
    const asked = { cwd: bench.dir, workspace: `${bench.dir}/w` };
    const { document } = (await call('policy.eval', { mission: id, showInput: true }, asked)) as { document?: unknown };
    expect(document).toMatchObject({
      approvals: [
        {
          name: 'work:t001.approval.q1',
          predicate: { approver: { name: 'owner', actor: 'human', face: 'server' }, about: { kind: 'action' } },
        },
      ],
    });
  });
});

it('closes the way to the models with the mission it was opened for', { timeout: 60_000 }, async () => {
  const command = ['node', '-e', "require('fs').writeFileSync('way.md', process.env.WAY)"];
  const agents = { asker: { protocol: 'exec', command, dialect: 'openai', model: 'm', env: { WAY: '${gateway}' } } };
  bench.place('way/tasks.md', '# Tasks: Way\n\n- [ ] T001 Say the way\n');
  bench.place('way/.agentnexus.yaml', JSON.stringify({ agents }));
  const input = { bundle: 'way', agent: 'asker', unsafeNoSandbox: true };
  const begun = await call('apply', input, { cwd: bench.dir, workspace: `${bench.dir}/w`, beginOnly: true });
  expect(await bench.ended((begun as { id: string }).id)).toMatchObject({ state: 'succeeded' });
  const way = readFileSync(join(bench.dir, 'w', 'build', 'way', 'way.md'), 'utf8');
  expect(way).toMatch(/^http:\/\/127\.0\.0\.\d:\d+/);
  await expect
    .poll(async () =>
      fetch(way).then(
        () => 'open',
        () => 'closed',
      ),
    )
    .toBe('closed');
});

describe('who may', () => {
  const paths = ROUTES.map(({ method, path, operation }) => ({
    method,
    path: path.replaceAll(/:\w+/g, 'latest'),
    scope: CONTRACTS[operation].scope,
  }));

  it.each([
    ['no token', ''],
    ['an unknown token', 'nobody'],
  ])('is nobody with %s, on any route', async (_, token) => {
    for (const { method, path } of paths) {
      const { status, headers } = await bench.ask(path, { method, token });
      expect([path, status, headers.get('www-authenticate')]).toEqual([path, 401, 'Bearer realm="agentnexus"']);
    }
    expect((await bench.ask('/v1/specifications', { method: 'POST', token })).status).toBe(401);
    expect((await bench.ask('/v1/missions', { method: 'POST', token })).status).toBe(401);
    expect((await bench.ask('/v1/events/stream', { token })).status).toBe(401);
  });

  it('is refused what the token does not allow, and that is written down', async () => {
    for (const { method, path, scope } of paths) {
      const before = bench.host.engine.log.size;
      const { status } = await bench.ask(path, { method, token: READER });
      if (scope === 'missions:read' || scope === 'evidence:read') expect([path, status]).not.toEqual([path, 403]);
      else {
        expect([path, status]).toEqual([path, 403]);
        expect(bench.host.engine.log.entry(before)).toMatchObject({ kind: 'access.denied', data: { by: 'reader', scope } });
      }
    }
  });
});

describe('streams', () => {
  it('end with the mission, having told all of it', async () => {
    const ids = await events(`/v1/missions/${mission}/events/stream`, { enough: (all) => all.at(-1) === 'closed' });
    const { body } = await bench.ask(`/v1/missions/${mission}/logs?after=-1`);
    expect(ids.slice(0, -1).map((id) => Number(id.split('.')[1]))).toEqual(body.items.map(({ seq }) => seq));
  });

  it('go on where they were cut: each event once, in order', { timeout: 120_000 }, async () => {
    const start = bench.host.engine.log.size - 1;
    const writing = (async () => {
      for (let at = 0; at < 600; at += 20) {
        await bench.write(20, at);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    const seen: number[] = [];
    let after = `${bench.host.engine.workspace.id.slice(0, 8)}.${start}`;
    // A cut after every so many events, the number of which follows no clock.
    for (let round = 0; seen.length < 600; round++) {
      const want = Math.min(1 + ((round * 7) % 23), 600 - seen.length);
      const ids = await events('/v1/events/stream', { after, enough: (all) => all.length >= want });
      seen.push(...ids.slice(0, want).map((id) => Number(id.split('.')[1])));
      after = ids[want - 1] ?? after;
    }
    await writing;
    expect(seen).toEqual(Array.from({ length: 600 }, (_, at) => start + 1 + at));
  });

  it('refuse a position of another log', async () => {
    const { status, body } = await bench.ask('/v1/events/stream', { headers: { 'last-event-id': 'deadbeef.3' } });
    expect([status, body.code]).toEqual([400, 'CURSOR_UNKNOWN']);
  });

  it('are had page by page too', async () => {
    const first = await bench.ask(`/v1/missions/${mission}/events?limit=3`);
    const second = await bench.ask(`/v1/missions/${mission}/events?limit=2&after=${first.body.next}`);
    const ids = [...first.body.items, ...second.body.items].map(({ id }) => Number(id.split('.')[1]));
    const { body } = await bench.ask(`/v1/missions/${mission}/logs?after=-1`);
    expect(ids).toEqual(body.items.slice(0, 5).map(({ seq }) => seq));
  });

  it('are a batch of CloudEvents for whoever accepts that', async () => {
    const accept = 'application/json;q=0.5, application/cloudevents-batch+json';
    // Signs what is not signed yet, which would change answers.
    bench.host.engine.log.checkpoint();
    const plain = await bench.ask(`/v1/missions/${mission}/events?limit=3`);
    const batch = await bench.ask(`/v1/missions/${mission}/events?limit=3`, { headers: { accept } });
    expect(batch.headers.get('content-type')).toMatch(/^application\/cloudevents-batch\+json/);
    expect(batch.body).toEqual(plain.body.items);
    const [, next = ''] = /^<(.*)>; rel="next"$/.exec(batch.headers.get('link') ?? '') ?? [];
    const further = await bench.ask(next, { headers: { accept } });
    const logs = await bench.ask(`/v1/missions/${mission}/logs?after=-1`, { headers: { accept } });
    expect((logs.body as unknown as object[]).slice(0, 6)).toEqual([batch.body, further.body].flat());
    const some = await bench.ask(`/v1/missions/${mission}/logs?after=-1&limit=2`, { headers: { accept } });
    const [, more = ''] = /^<(.*)>; rel="next"$/.exec(some.headers.get('link') ?? '') ?? [];
    expect([some.body, (await bench.ask(more, { headers: { accept } })).body].flat()).toEqual(
      (logs.body as unknown as object[]).slice(0, 4),
    );
    const unchanged = { 'if-none-match': logs.headers.get('etag') ?? '', accept };
    expect((await bench.ask(`/v1/missions/${mission}/logs?after=-1`, { headers: unchanged })).status).toBe(304);
    const refused = { ...unchanged, accept: 'application/cloudevents-batch+json;q=0' };
    expect((await bench.ask(`/v1/missions/${mission}/logs?after=-1`, { headers: refused })).body).toMatchObject({ kind: 'Logs' });
  });

  it('go over WebSocket, for whoever says hello with a token', async () => {
    const talk = async (hello: object): Promise<{ messages: { id?: string }[]; code: number }> => {
      const socket = new WebSocket(`${bench.url.replace('http', 'ws')}/mission-events`);
      const messages: { id?: string }[] = [];
      socket.on('open', () => socket.send(JSON.stringify(hello)));
      socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString())));
      const code = await new Promise<number>((resolve) => socket.on('close', resolve));
      return { messages, code };
    };
    const { messages, code } = await talk({ type: 'hello', token: READER, mission });
    expect(code).toBe(1000);
    expect(messages[0]).toMatchObject({ type: 'dev.agentnexus.mission.created', source: `/missions/${mission}` });
    expect(messages.at(-1)).toMatchObject({ type: 'closed', cursor: messages.at(-2)?.id });
    expect(await talk({ type: 'hello', token: 'nobody' })).toMatchObject({ code: 1008, messages: [{ code: 'AUTH_MISSING' }] });
    expect(await talk({ type: 'hi' })).toMatchObject({ code: 1008 });
  });
});

it.each(['', '/graph', '/evidence', '/logs'])('tells where the next page of /missions/ID%s is', async (list) => {
  const walked: unknown[] = [];
  let path = `/v1/missions/${mission}${list}?limit=2`;
  while (path !== '') {
    const { body, headers } = await bench.ask(path);
    const items = list === '/graph' ? (body as unknown as { tasks: unknown[] }).tasks : body.items;
    expect(items.length).toBeLessThanOrEqual(2);
    walked.push(...items);
    path = /^<(.*)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1] ?? '';
  }
  const { body } = await bench.ask(`/v1/missions/${mission}${list}`);
  const whole = (list === '/graph' ? (body as unknown as { tasks: unknown[] }).tasks : body.items) as { id: string }[];
  expect(walked).toEqual(list === '' ? whole.toSorted((a, b) => (a.id < b.id ? -1 : 1)) : whole);
});
