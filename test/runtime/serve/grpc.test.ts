import { gzipSync } from 'node:zlib';

import { type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Answer, GrpcClient, jsonOf, structOf } from './grpc-client.ts';
import { ALL, READER, ServerBench, SPEC } from './server-bench.ts';

const MISSIONS = 'agentnexus.v1.MissionService';
const OPERATIONS = 'agentnexus.v1.OperationService';
const SPECIFICATIONS = 'agentnexus.v1.SpecificationService';
const SESSIONS = 'workspace.SessionService';

let bench: ServerBench;
let client: GrpcClient;
let reader: GrpcClient;
let mission: string;
let again: string;
beforeAll(async () => {
  bench = await ServerBench.open();
  const address = new URL(bench.url).host;
  client = new GrpcClient(address, ALL);
  reader = new GrpcClient(address, READER);
  const content = Buffer.from(SPEC);
  const { digest } = await client.upload(`${SPECIFICATIONS}/SendSpecification`, [
    { mediaType: 'text/markdown', content: content.subarray(0, 10) },
    { content: content.subarray(10) },
  ]);
  const request = { specification: digest, idempotencyKey: 'once', options: structOf({ priority: 'P0' }) };
  const begun = await client.unary(`${MISSIONS}/SubmitMission`, request);
  again = (await client.unary(`${MISSIONS}/SubmitMission`, request)).mission.id;
  mission = begun.mission.id;
  await bench.ended(mission);
}, 120_000);
afterAll(async () => {
  client.close();
  reader.close();
  await bench.remove();
});

async function all(stream: AsyncIterable<Answer>): Promise<Answer[]> {
  return Array.fromAsync(stream);
}

describe('a mission by gRPC', () => {
  it('is what it is over HTTP', async () => {
    // Signed now, so that no answer has a later head than another.
    bench.host.engine.log.checkpoint();
    const { body } = await bench.ask(`/v1/missions/${mission}`);
    const answer = await client.unary(`${MISSIONS}/GetMission`, { mission: mission.slice(0, 13) });
    expect(answer.mission).toMatchObject({ id: mission, state: 'succeeded', priority: 'P0' });
    expect(answer.mission.tasks.total).toBe(body.items.length);
    const { missions } = await client.unary(`${MISSIONS}/ListMissions`, { states: ['succeeded'] });
    expect(missions.map(({ id }) => id)).toEqual([mission]);
    const { document } = await client.unary(`${OPERATIONS}/CallOperation`, {
      operation: 'status',
      input: structOf({ mission }),
    });
    expect(jsonOf(document)).toEqual(body);
  });

  it('is begun once under one key', () => expect(again).toBe(mission));

  it('tells its events like the other streams, and goes on behind a cursor', async () => {
    const told = await all(client.stream(`${MISSIONS}/WatchEvents`, { mission }));
    const { body } = await bench.ask(`/v1/missions/${mission}/events`);
    expect(told.slice(0, -1).map(({ event }) => event.id)).toEqual(body.items.map(({ id }) => id));
    expect(told.at(-1)?.closed.cursor).toBe(body.items.at(-1)?.id);
    const rest = await all(client.stream(`${MISSIONS}/WatchEvents`, { mission, after: told[2]?.event.id }));
    expect(rest).toEqual(told.slice(3));
    expect(jsonOf(told[0]!.event.data)).toEqual((body.items[0] as unknown as { data: object }).data);
  });

  it('gives its whole proof', async () => {
    const pieces = await all(client.stream(`${SPECIFICATIONS}/FetchProof`, { mission: 'latest' }));
    expect(Buffer.concat(pieces.map(({ content }) => content)).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
  });

  it('is steered by the same words', async () => {
    const said = client.unary(`${MISSIONS}/SteerMission`, { mission, word: 'cancel' });
    await expect(said).rejects.toMatchObject({ code: status.FAILED_PRECONDITION });
    const other = client.unary(`${MISSIONS}/SteerMission`, { mission, word: 'shout' });
    await expect(other).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  });
});

describe('sessions', () => {
  it('are there for every agent that was at work', async () => {
    const { sessions } = await client.unary(`${SESSIONS}/ListSessions`, { mission, task: 'contract:note' });
    expect(sessions[0]).toMatchObject({ lifecycle: 'retired', task: 'contract:note' });
    const { session } = await client.unary(`${SESSIONS}/GetSession`, { mission, agentId: sessions[0]?.agentId });
    expect(session).toEqual(sessions[0]);
    const events = await all(client.stream(`${SESSIONS}/WatchSessions`, { mission }));
    expect(events.filter(({ task }) => task === 'contract:note').map(({ event }) => event)).toMatchObject([
      { lifecycle: 'spawned', capabilityProfile: 'author' },
      { lifecycle: 'retired' },
    ]);
    const unknown = client.unary(`${SESSIONS}/GetSession`, { mission, agentId: 'nobody' });
    await expect(unknown).rejects.toMatchObject({ code: status.NOT_FOUND });
  });
});

describe('who calls', () => {
  it('needs a token that allows it, and learns why not', async () => {
    const nobody = new GrpcClient(new URL(bench.url).host, '');
    try {
      for (const path of [`${MISSIONS}/ListMissions`, `${SESSIONS}/ListSessions`, `${OPERATIONS}/CallOperation`]) {
        await expect(nobody.unary(path, { operation: 'missions' })).rejects.toMatchObject({ code: status.UNAUTHENTICATED });
      }
      const watching = all(nobody.stream(`${MISSIONS}/WatchEvents`, {}));
      await expect(watching).rejects.toMatchObject({ code: status.UNAUTHENTICATED });
    } finally {
      nobody.close();
    }
    const before = bench.host.engine.log.size;
    const denied: unknown = await reader
      .unary(`${OPERATIONS}/CallOperation`, { operation: 'doctor' })
      .catch((error: unknown) => error);
    expect(denied).toMatchObject({ code: status.PERMISSION_DENIED });
    expect((denied as { metadata: { get: (name: string) => string[] } }).metadata.get('agentnexus-code')).toEqual([
      'AUTH_DENIED',
    ]);
    expect(bench.host.engine.log.entry(before)).toMatchObject({
      kind: 'access.denied',
      data: { by: 'reader', what: `${OPERATIONS}/CallOperation` },
    });
  });

  it('is told of no folder of the server, whatever is wrong', async () => {
    const content = gzipSync(Buffer.alloc(1024));
    const refused = (await client
      .upload(`${SPECIFICATIONS}/SendSpecification`, [{ mediaType: 'application/gzip', content }])
      .catch((error: unknown) => error)) as ServiceError;
    const { body } = await bench.ask('/v1/specifications', {
      method: 'POST',
      headers: { 'content-type': 'application/gzip' },
      body: content,
    });
    expect(refused.code).toBe(status.INVALID_ARGUMENT);
    // The library that serves escapes more than the one that asks takes back.
    expect(decodeURIComponent(refused.details)).toBe((body as unknown as { title: string }).title);
    expect(refused.details).toContain('There is no specification in sha256');
    expect(JSON.stringify([refused, refused.metadata.toHttp2Headers()])).not.toContain(bench.dir);
  });

  it('finds every operation once', async () => {
    const { operations } = await client.unary(`${OPERATIONS}/ListOperations`, {});
    const names = operations.map(({ name }) => name);
    expect(names.filter((name) => name === 'approvals.list')).toHaveLength(1);
    expect(new Set(names).size).toBe(names.length);
  });

  it('is told by the standard checks that all is well', async () => {
    expect(await reader.unary('grpc.health.v1.Health/Check', { service: SESSIONS })).toEqual({ status: 'SERVING' });
    const unknown = reader.unary('grpc.health.v1.Health/Check', { service: 'nothing' });
    await expect(unknown).rejects.toMatchObject({ code: status.NOT_FOUND });
  });
});

describe('a stream without end', () => {
  it('ends at its deadline', async () => {
    const stream = client.stream(`${MISSIONS}/WatchEvents`, {}, { deadline: 300 });
    await expect(all(stream)).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
  });

  it('ends when the caller has had enough, and slows nobody', async () => {
    const stream = client.stream(`${MISSIONS}/WatchEvents`, {});
    const { promise, resolve } = Promise.withResolvers<Answer>();
    stream.on('data', resolve);
    stream.on('error', () => undefined);
    const writing = setInterval(() => void bench.write(1), 20);
    expect((await promise).event.type).toBe('dev.agentnexus.test.note');
    clearInterval(writing);
    stream.cancel();
    expect((await client.unary(`${MISSIONS}/ListMissions`, {})).missions).toHaveLength(1);
  });
});

describe('the port', () => {
  it('hears gRPC, HTTP/2 and HTTP/1.1 alike', async () => {
    const json = await fetch(`${bench.url}/agentnexus.v1.MissionService/GetMission`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ALL}` },
      body: JSON.stringify({ mission }),
    });
    expect(await json.json()).toMatchObject({ mission: { id: mission, state: 'succeeded' } });
    const { connect } = await import('node:http2');
    const session = connect(bench.url);
    const request = session.request({ ':path': '/v1/missions', authorization: `Bearer ${READER}` });
    const chunks = await Array.fromAsync(request as AsyncIterable<Buffer>);
    session.close();
    expect(JSON.parse(Buffer.concat(chunks).toString('utf8'))).toMatchObject({ kind: 'MissionList' });
  });
});
