import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { NexusError } from '../../../src/base/errors.ts';
import { compareText } from '../../../src/base/text.ts';
import { fsck } from '../../../src/runtime/log/fsck.ts';
import { openLog } from '../../../src/runtime/log/log.ts';
import { findMission, missionRows, taskRows } from '../../../src/runtime/mission/queries.ts';
import { openContentStore } from '../../../src/runtime/vault/content-store.ts';
import type { Need, Task } from '../../../src/spec/model.ts';
import { aTask } from './a-task.ts';
import { leave, type MissionBench, missionBench } from './mission-bench.ts';

const need = (task: string): Need => ({ task, kind: 'structural', because: 'it must' });
const CHAIN: Task[] = [
  aTask('a'),
  aTask('b', { needs: [need('a')] }),
  aTask('c', { needs: [need('b')] }),
  aTask('d', { needs: [need('a')] }),
];
const FAILED = { outcome: 'failed' as const, reason: 'it would not', evidence: [] };

let bench: MissionBench;
beforeEach(() => {
  bench = missionBench();
});
afterEach(() => {
  bench.remove();
});

describe('runMission', () => {
  it('does not keep many hits waiting for the next durable write', async () => {
    const tasks = Array.from({ length: 300 }, (_, at) => aTask(`t${at}`, { writes: [`t${at}.txt`] }));
    await bench.apply(tasks, { jobs: 50 });
    const recorded: number[] = [];
    const reader = openLog(bench.dir, { mode: 'read' });
    await bench.apply(tasks, {
      specification: { title: 'Another' },
      onChange: ({ state }) => state === 'cached' && recorded.push([...reader.entries({ kinds: ['task.cached'] })].length),
    });
    reader.close();
    expect(recorded).toHaveLength(300);
    expect(recorded.at(-1)).toBeGreaterThan(200);
  });

  it('runs every task once, in the order of its needs, and records each end', async () => {
    const { mission, product } = await bench.apply(CHAIN);
    expect(mission.state).toBe('succeeded');
    expect(bench.ran.toSorted()).toEqual(['a', 'b', 'c', 'd']);
    expect(bench.ran.indexOf('a')).toBe(0);
    expect(bench.ran.indexOf('c')).toBeGreaterThan(bench.ran.indexOf('b'));
    expect(product?.map(({ path }) => path)).toEqual(['a.txt', 'b.txt', 'c.txt', 'd.txt']);
    bench.inLog((log) => {
      expect(
        taskRows(log.db, mission.id)
          .map(({ id, state }) => `${id} ${state}`)
          .toSorted(),
      ).toEqual(['a succeeded', 'b succeeded', 'c succeeded', 'd succeeded']);
      expect(
        [...log.entries({ mission: mission.id })].map(({ kind }) => kind).filter((kind) => kind.startsWith('mission.')),
      ).toEqual(['mission.created', 'mission.finished']);
    });
    expect(fsck(bench.dir).faults).toEqual([]);
  });

  it('skips what needs a failed task and finishes the rest', async () => {
    bench.script.set('b', () => FAILED);
    const { mission, product } = await bench.apply(CHAIN);
    expect(mission.state).toBe('failed');
    expect(product).toBeUndefined();
    bench.inLog((log) => {
      const states = Object.fromEntries(
        taskRows(log.db, mission.id).map(({ id, state, reason }) => [id, `${state} ${reason ?? ''}`]),
      );
      expect(states).toEqual({ a: 'succeeded ', b: 'failed it would not', c: 'skipped b failed', d: 'succeeded ' });
    });
  });

  it('takes results of earlier missions, with their evidence recorded anew', async () => {
    await bench.apply(CHAIN);
    bench.ran.length = 0;
    const changed = CHAIN.map((task) => (task.id === 'd' ? { ...task, fragment: { name: 'other' } } : task));
    const { mission } = await bench.apply(changed);
    expect(bench.ran).toEqual(['d']);
    bench.inLog((log) => {
      const recorded = [...log.entries({ mission: mission.id, kinds: ['artifact.recorded'] })].map(({ data }) =>
        JSON.stringify(data['path']),
      );
      expect(recorded.toSorted(compareText)).toEqual(['"a.txt"', '"b.txt"', '"c.txt"', '"d.txt"']);
    });
  });

  it('stops the wave where a task that ran again left the same bytes', async () => {
    const store = openContentStore(bench.dir, { writer: true });
    bench.script.set('a', (attempt) => leave(attempt, store, 'same bytes'));
    await bench.apply(CHAIN);
    bench.ran.length = 0;
    await bench.apply(CHAIN.map((task) => (task.id === 'a' ? { ...task, fragment: { name: 'reworded' } } : task)));
    expect(bench.ran).toEqual(['a']);
  });

  it('runs a task again if its content has gone from the store', async () => {
    const { product } = await bench.apply(CHAIN);
    const lost = product?.find(({ path }) => path === 'b.txt')?.digest;
    const { rmSync } = await import('node:fs');
    rmSync(openContentStore(bench.dir).pathOf(lost ?? 'sha256:'), { force: true });
    bench.ran.length = 0;
    await bench.apply(CHAIN.map((task) => (task.id === 'd' ? { ...task, fragment: 1 } : task)));
    expect(bench.ran.toSorted()).toEqual(['b', 'd']);
  });

  it('runs what is forced, and what follows only if it left other bytes', async () => {
    await bench.apply(CHAIN);
    bench.ran.length = 0;
    const changed = CHAIN.map((task) => (task.id === 'd' ? { ...task, fragment: 1 } : task));
    await bench.apply(changed, { force: new Set(['a']) });
    expect(bench.ran.toSorted()).toEqual(['a', 'd']);
  });

  it('goes on where a drained mission stopped', async () => {
    const drain = new AbortController();
    bench.script.set('a', (attempt) => {
      drain.abort();
      return leave(attempt, openContentStore(bench.dir, { writer: true }));
    });
    await expect(bench.apply(CHAIN, { drain: drain.signal })).rejects.toMatchObject({ code: 'INTERRUPTED', exitCode: 130 });
    expect(bench.ran).toEqual(['a']);
    const { mission } = await bench.apply(CHAIN);
    expect(mission.state).toBe('succeeded');
    expect(bench.ran.toSorted()).toEqual(['a', 'b', 'c', 'd']);
    bench.inLog((log) => {
      expect(missionRows(log.db)).toHaveLength(1);
      expect([...log.entries({ kinds: ['mission.resumed'] })]).toHaveLength(1);
    });
  });

  it('goes on where a killed mission stopped, with a new attempt of what was running', async () => {
    const stop = new AbortController();
    bench.script.set('b', (attempt) => {
      stop.abort();
      return leave(attempt, openContentStore(bench.dir));
    });
    await expect(bench.apply(CHAIN, { stop: stop.signal })).rejects.toMatchObject({ code: 'INTERRUPTED' });
    bench.script.clear();
    const { mission } = await bench.apply(CHAIN);
    expect(mission.state).toBe('succeeded');
    bench.inLog((log) => {
      expect(taskRows(log.db, mission.id).find(({ id }) => id === 'b')?.attempt).toBe(2);
      expect(taskRows(log.db, mission.id).find(({ id }) => id === 'a')?.attempt).toBe(1);
    });
  });

  it('closes an unfinished mission whose graph is no longer wanted', async () => {
    const drain = new AbortController();
    drain.abort();
    await expect(bench.apply(CHAIN, { drain: drain.signal })).rejects.toBeInstanceOf(NexusError);
    await bench.apply([aTask('other')]);
    bench.inLog((log) => expect(missionRows(log.db).map(({ state }) => state)).toEqual(['succeeded', 'cancelled']));
  });

  it('fails the attempt, not the process, when the runner breaks', async () => {
    const runner = {
      run: () => Promise.reject(new Error('out of luck')),
    };
    const { mission } = await bench.apply([aTask('a')], { runner });
    expect(mission.state).toBe('failed');
    bench.inLog((log) => expect(taskRows(log.db, mission.id)[0]?.reason).toContain('out of luck'));
  });

  it('finds a mission by prefix and refuses ambiguous or unknown names', async () => {
    const { mission } = await bench.apply(CHAIN);
    bench.inLog((log) => {
      expect(findMission(log.db, mission.id.slice(0, 13)).id).toBe(mission.id);
      expect(findMission(log.db, 'latest').id).toBe(mission.id);
      expect(() => findMission(log.db, 'ffff')).toThrow('No mission');
      expect(() => findMission(log.db, '')).toThrow(NexusError);
    });
  });
});
