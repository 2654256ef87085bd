import { utimesSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { call } from '../../../src/runtime/app/call.ts';
import { bundleWith } from '../../cli/scripted-bundle.ts';
import { ServerBench } from './server-bench.ts';

let bench: ServerBench;
beforeAll(async () => {
  bench = await ServerBench.open();
}, 60_000);
afterAll(() => bench.remove());

/** An hour is what a mission has to name what it has stored. */
const TWO_HOURS = 7_200_000;

it(
  'takes out what nothing refers to beside a mission that runs, and nothing that it may come to name',
  { timeout: 60_000 },
  async () => {
    const steps = [{ ask: { kind: 'execute' as const, rawInput: { command: 'curl a.example' } }, note: 'curl.txt' }];
    for (const [path, text] of Object.entries(bundleWith(steps))) bench.place(path, text);
    const input = { bundle: 'spec', agent: 'scripted', unsafeNoSandbox: true, answerWithin: '50s' };
    const begun = await call('apply', input, { cwd: bench.dir, workspace: `${bench.dir}/w`, beginOnly: true });
    const { id } = begun as { id: string };
    await expect
      .poll(async () => (await bench.ask(`/v1/missions/${id}/approvals`)).body.items, { timeout: 20_000 })
      .toHaveLength(1);

    const { store } = bench.host.engine;
    const texts = ['old', 'new', 'old, and stored again'].map((text) => Buffer.from(text));
    const [old, fresh, again] = await store.putMany(texts);
    const before = new Date(Date.now() - TWO_HOURS);
    for (const digest of [old, again]) utimesSync(store.pathOf(digest!), before, before);
    await store.putMany(texts.slice(2));

    const pruned = await bench.post('/v1/cache/prune', {});
    expect(pruned).toMatchObject({
      status: 200,
      body: { kind: 'Prune', removed: { files: 1, bytes: 3 }, temporary: { files: 0 } },
    });
    expect([old, fresh, again].map((digest) => store.has(digest!))).toEqual([false, true, true]);
    const byAge = await bench.post('/v1/cache/prune', { payloadsOlderThan: '1d' });
    expect([byAge.status, byAge.body.code]).toEqual([409, 'MISSION_STATE']);

    await bench.post(`/v1/missions/${id}/approve`, { task: 'work:t001', question: 'q1' });
    expect(await bench.ended(id)).toMatchObject({ state: 'succeeded' });
    expect((await bench.post(`/v1/missions/${id}/verification`)).body).toMatchObject({ result: 'verified', failures: [] });
    expect((await bench.post('/v1/cache/prune', { payloadsOlderThan: '1d' })).status).toBe(200);
  },
);

it('carries a release out while it serves, in the name of whoever asked', { timeout: 60_000 }, async () => {
  const to = `dir:${join(bench.dir, 'shelf')}`;
  // No folder of the server can be named from outside.
  expect((await bench.post('/v1/missions/latest/promotion', { to })).status).toBe(400);
  const context = { cwd: bench.dir, workspace: `${bench.dir}/w`, by: 'owner' };
  expect(await call('promote', { mission: 'latest', to }, context)).toMatchObject({ kind: 'Promotion', state: 'done' });
  const [started] = bench.host.engine.log.entries({ kinds: ['promotion.started'] });
  expect(started?.data).toMatchObject({ by: 'owner' });
});
