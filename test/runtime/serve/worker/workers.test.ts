import { afterEach, beforeEach, expect, it } from 'vitest';

import { WorkerBench } from './worker-bench.ts';

const CONTRACT = '# Notes\n\n## Contracts\n\n- Contract: Note\n  - Schema: `{ id: UUID, text: string }`\n';

const WORK =
  '# Tasks: Notes\n\n## Phase 1\n\n- [ ] T001 [P] Write a.\n- [ ] T002 [P] Write b.\n- [ ] T003 [P] Write c.\n- [ ] T004 Gather.\n';

const SCRIPT = `version: 1
tasks:
  T001: { waits: 100, writes: { a.txt: "a\\n" } }
  T002: { waits: 1500, writes: { b.txt: "b\\n" } }
  T003: { waits: 1500, writes: { c.txt: "c\\n" } }
  T004: { run: [sh, -c, "cat a.txt b.txt c.txt > all.txt"] }
`;

let bench: WorkerBench;
beforeEach(async () => {
  bench = new WorkerBench();
  await bench.start();
}, 60_000);
afterEach(async () => bench.remove());

it('two workers make the tree that is made without any', { timeout: 240_000 }, async () => {
  for (const name of ['one', 'two']) bench.worker(name, 'cpu');
  const bundle = bench.write('spec.md', CONTRACT);
  const [remote, local] = [await bench.apply(bundle), await bench.apply(bundle, { local: true })];
  expect(remote.state).toBe('succeeded');
  expect(remote.head).toBe(local.head);
  const leased = bench.entries(['task.leased']);
  expect(leased.length).toBeGreaterThan(0);
  expect(new Set(leased.map(({ data }) => data['worker']))).toEqual(new Set(['token/workers']));
});

it('what a worker that is killed had begun goes on elsewhere, and settles once', { timeout: 240_000 }, async () => {
  const bundle = bench.write('work/tasks.md', WORK);
  const agent = `script:${bench.write('script.yaml', SCRIPT)}`;
  const first = bench.worker('one', 'gpu');
  const applied = bench.apply(bundle, { agent });
  const line = await first.said(/work:t00[23] .* begun$/);
  await first.stop('SIGKILL');
  const task = line.split(' ')[1];
  for (const name of ['two', 'three']) bench.worker(name, 'gpu');
  const remote = await applied;
  expect(remote.state).toBe('succeeded');
  expect(bench.entries(['task.lost']).map((entry) => [entry.task, entry.data['attempt']])).toEqual([[task, 1]]);
  const ends = bench.entries(['task.succeeded']).filter((entry) => entry.task === task);
  expect(ends.map(({ data }) => data['attempt'])).toEqual([2]);
  expect((await bench.apply(bundle, { agent, local: true })).head).toBe(remote.head);
});
