import { afterEach, beforeEach, expect, it } from 'vitest';

import { foresee } from '../../../src/runtime/mission/foresight.ts';
import type { Task } from '../../../src/spec/model.ts';
import { aTask } from './a-task.ts';
import { type MissionBench, missionBench } from './mission-bench.ts';

const CHAIN: Task[] = [aTask('a'), aTask('b', { needs: [{ task: 'a', kind: 'structural', because: '' }] })];

let bench: MissionBench;
beforeEach(() => {
  bench = missionBench();
});
afterEach(() => bench.remove());

function foreseen(tasks: Task[], force: string[] = []): Record<string, string> {
  return bench.inLog((log, store) => {
    const graph = { specification: 'demo', tasks };
    const performerOf = () => ({ name: 'script', version: '1' });
    const all = foresee(graph, { history: { log, store }, performerOf, force: new Set(force) });
    return Object.fromEntries([...all].map(([id, { cached, reason }]) => [id, `${cached ? 'cached' : 'run'}: ${reason}`]));
  });
}

it('knows nothing where nothing was recorded', () => {
  const all = foresee(
    { specification: 'demo', tasks: CHAIN },
    { performerOf: () => ({ name: 's', version: '1' }), force: new Set() },
  );
  expect([...all.values()]).toEqual([
    { cached: false, reason: 'never run here' },
    { cached: false, reason: 'never run here' },
  ]);
});

it('foresees that what was applied is cached', async () => {
  const { mission } = await bench.apply(CHAIN);
  const reason = `cached: same inputs as in mission ${mission.id.slice(0, 13)}`;
  expect(foreseen(CHAIN)).toEqual({ a: reason, b: reason });
});

it('names what changed, and what cannot be known yet', async () => {
  await bench.apply(CHAIN);
  const changed = CHAIN.map((task) => (task.id === 'a' ? { ...task, fragment: 'other', profile: 'tester' } : task));
  expect(foreseen(changed)).toEqual({ a: 'run: changed: fragment and profile', b: 'run: needs a, which will run first' });
});

it('runs what is forced', async () => {
  await bench.apply(CHAIN);
  expect(foreseen(CHAIN, ['b'])).toMatchObject({ b: 'run: forced' });
});

it('says that a task failed last time', async () => {
  bench.script.set('b', () => ({ outcome: 'failed', reason: 'no', evidence: [] }));
  await bench.apply(CHAIN);
  expect(foreseen(CHAIN)['b']).toBe('run: failed last time');
});

it('foresees that a gate decides anew, unless nothing would be started at all', async () => {
  const tasks = [
    aTask('a'),
    aTask('gate', { kind: 'gate', ability: 'gate', needs: [{ task: 'a', kind: 'structural', because: '' }] }),
  ];
  await bench.apply(tasks);
  expect(foreseen(tasks)['gate']).toMatch(/^cached: /);
  const renamed = tasks.map((task) => ({ ...task, title: 'Another title' }));
  expect(foreseen(renamed)).toEqual({
    a: expect.stringMatching(/^cached: /),
    gate: 'run: decides over the evidence of its own mission',
  });
});
