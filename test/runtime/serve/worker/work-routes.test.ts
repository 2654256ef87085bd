import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { sha256 } from '../../../../src/base/digest.ts';
import { PRODUCT_VERSION } from '../../../../src/base/version.ts';
import { WorkerBench } from './worker-bench.ts';

let bench: WorkerBench;
let token: string;
beforeAll(async () => {
  bench = new WorkerBench();
  await bench.start();
  token = readFileSync(join(bench.served.dir, 'worker-token'), 'utf8');
  await bench.served.begin();
}, 120_000);
afterAll(async () => bench.remove());

interface Answer {
  status: number;
  body: { id: string; code: string; items: string[]; assignment: { task: { id: string }; attempt: number } };
}

/** What a worker could send, good or bad. */
async function send(method: string, path: string, body?: object | Buffer, by = token): Promise<Answer> {
  const isBytes = Buffer.isBuffer(body);
  const response = await fetch(`${bench.served.url}/v1/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${by}`,
      ...(body !== undefined && { 'content-type': isBytes ? 'application/octet-stream' : 'application/json' }),
    },
    body: body === undefined ? null : isBytes ? new Uint8Array(body) : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: JSON.parse(text.startsWith('{') ? text : '{}') };
}

const lease = async (): Promise<Answer> => send('POST', 'pools/cpu/lease', { version: PRODUCT_VERSION, wait: 30 });

it('believes a worker nothing, and hears nothing of one whose lease has ended', { timeout: 120_000 }, async () => {
  expect(await send('POST', 'pools/cpu/lease', { version: '0.0.0' })).toMatchObject({
    status: 409,
    body: { code: 'WORKER_REFUSED' },
  });
  expect((await send('POST', 'pools/none/lease', { version: PRODUCT_VERSION })).status).toBe(404);
  const first = await lease();
  expect(first.body.assignment).toMatchObject({ attempt: 1 });
  const mine = `leases/${first.body.id}`;
  const foreign = sha256('not of this job');
  expect((await send('GET', `${mine}/contents/${foreign}`)).status).toBe(404);
  expect((await send('PUT', `${mine}/contents/${foreign}`, Buffer.from('other bytes'))).status).toBe(400);
  const unsent = { outcome: 'done', files: [{ path: 'a.txt', digest: foreign, type: 'code' }] };
  expect(await send('POST', `${mine}/result`, unsent)).toMatchObject({ status: 400, body: { code: 'USAGE' } });
  expect((await send('POST', `${mine}/events`, { items: [{ kind: 'gate.decided' }] })).status).toBe(400);
  const question = { number: 1, rule: 'run: *', action: { kind: 'run', argv: ['ls'] } };
  for (const wrong of [{ ...question, action: { kind: 'run' } }, { ...question, number: 0 }, {}])
    expect((await send('POST', `${mine}/questions`, wrong)).status).toBe(400);
  // Its mission was begun without anybody who answers.
  expect(await send('POST', `${mine}/questions`, question)).toMatchObject({
    status: 200,
    body: { kind: 'Answer', allowed: false },
  });
  expect(await send('POST', `${mine}/heartbeat`, {}, bench.served.token)).toMatchObject({
    status: 409,
    body: { code: 'LEASE_LOST' },
  });
  expect((await send('POST', `${mine}/contents`, { digests: [foreign] })).body.items).toEqual([foreign]);
  expect((await send('POST', `${mine}/return`, { reason: 'no room' })).status).toBe(200);
  const second = await lease();
  expect(second.body.assignment).toMatchObject({ task: first.body.assignment.task, attempt: 2 });
  for (const what of ['heartbeat', 'result', 'events', 'questions', 'return', 'contents']) {
    expect(await send('POST', `${mine}/${what}`, { outcome: 'failed', reason: 'late' })).toMatchObject({ status: 409 });
  }
  expect((await send('PUT', `${mine}/contents/${sha256('late')}`, Buffer.from('late'))).status).toBe(409);
});

it('holds what was left against the scope of the task, as it does with every agent', { timeout: 120_000 }, async () => {
  const { body } = await send('GET', 'queue', undefined, bench.served.token);
  expect(body).toMatchObject({ pools: { cpu: { leased: 1, idle: 0 }, gpu: { waiting: 0, leased: 0, idle: 0 } } });
  // The lease of the test before is silent, and so is lost; its task comes again.
  const { body: leased } = await lease();
  expect(leased.assignment.attempt).toBe(3);
  const content = Buffer.from('stray');
  const digest = sha256(content);
  expect((await send('PUT', `leases/${leased.id}/contents/${digest}`, content)).status).toBe(204);
  const stray = { outcome: 'done', files: [{ path: 'somewhere/else.txt', digest, type: 'code' }] };
  expect((await send('POST', `leases/${leased.id}/result`, stray)).status).toBe(200);
  await bench.served.ended((await bench.served.ask('/v1/missions')).items[0]?.id ?? '');
  const [failed] = bench.entries(['task.failed']);
  expect(failed?.data['reason']).toMatch(/outside of its scope/);
});
