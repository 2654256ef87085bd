import { afterAll, beforeAll, expect, it } from 'vitest';

import { ServerBench } from './server-bench.ts';

let bench: ServerBench;
beforeAll(async () => {
  bench = await ServerBench.open();
  await bench.write(30_000);
}, 60_000);
afterAll(async () => bench.remove());

/** What was asked, and how many others were answered before it was, one after the other. */
async function beside<T>(asked: Promise<T>): Promise<{ answer: T; others: number }> {
  const state = { over: false, others: 0 };
  const answer = asked.finally(() => (state.over = true));
  while (!state.over) {
    expect((await bench.ask('/healthz')).status).toBe(200);
    state.others++;
  }
  return { answer: await answer, others: state.others };
}

it.each([
  ['/v1/ledger/fsck', { kind: 'Fsck', result: 'clean' }],
  ['/v1/cache/prune', { kind: 'Prune' }],
])('answers others while it does POST %s', { timeout: 60_000 }, async (path, body) => {
  // The first time it loads what it needs, and others are answered in between.
  await bench.post(path, {});
  const { answer, others } = await beside(bench.post(path, {}));
  expect(answer).toMatchObject({ status: 200, body });
  expect(others).toBeGreaterThan(20);
});

it('says why there is no answer', async () => {
  const answer = await bench.post('/v1/missions/0000/verification');
  expect(answer).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
});
