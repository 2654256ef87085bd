import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { takeWord } from '../../../../src/runtime/app/host/desk.ts';
import type { Engine } from '../../../../src/runtime/app/host/engine.ts';
import type { Log } from '../../../../src/runtime/log/log.ts';
import { Loop } from '../../../../src/runtime/mission/loop.ts';
import { findMission, type MissionRow, taskRow } from '../../../../src/runtime/mission/queries.ts';
import { wordSaid } from '../../../../src/runtime/mission/records.ts';
import { openContentStore } from '../../../../src/runtime/vault/content-store.ts';
import { aTask } from '../a-task.ts';
import { leave, type MissionBench, missionBench } from '../mission-bench.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const CHAIN = ['a', 'b', 'c'].map((id, at) =>
  aTask(id, at === 0 ? {} : { needs: [{ task: 'ab'.charAt(at - 1), kind: 'structural', because: 'it must' }] }),
);

/** What somebody has set the clock ahead by. */
let set = 0;
let bench: MissionBench;

beforeEach(() => {
  set = 0;
  bench = missionBench({ now: () => Date.now() + set });
});
afterEach(() => bench.remove());

/** The clock is set while `b` runs. */
function setDuringB(by: number): void {
  bench.script.set('b', (attempt) => {
    set += by;
    return leave(attempt, openContentStore(bench.dir));
  });
}

const wallOf = ({ wall, session_at: from, last_at: to }: MissionRow): number => wall + Date.parse(to) - Date.parse(from);

const timesIn = (log: Log): number[] => [...log.entries()].map(({ at }) => Date.parse(at));

describe('a clock that is set back an hour', () => {
  it('makes no entry earlier than the one before, nor any time negative', async () => {
    const elapsed: number[] = [];
    setDuringB(-HOUR);
    const { mission } = await bench.apply(CHAIN, {
      onChange: (change) => change.elapsed !== undefined && elapsed.push(change.elapsed),
    });
    expect(elapsed).toHaveLength(3);
    expect(elapsed.every((each) => each >= 0 && each < MINUTE)).toBe(true);
    const wall = bench.inLog((log) => wallOf(findMission(log.db, mission.id)));
    expect(wall).toBeGreaterThanOrEqual(0);
    expect(wall).toBeLessThan(MINUTE);
    // A later process goes on from there, though its clock is behind.
    await bench.apply([aTask('d')]);
    const times = bench.inLog(timesIn);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('ends no question early', async () => {
    const asked = [aTask('q'), aTask('slow')];
    bench.script.set('slow', async (attempt) => {
      set -= HOUR;
      await sleep(400);
      return leave(attempt, openContentStore(bench.dir));
    });
    const { mission } = await bench.apply(asked, { settings: { approvals: [{ task: 'q', expires: 200 }] } });
    expect(mission).toMatchObject({ state: 'waiting', reason: 'A person must approve q.' });
  });
});

describe('a clock that leaps ahead a day', () => {
  it('costs a mission none of its time at work', async () => {
    setDuringB(24 * HOUR);
    const settings = { budget: { wall: HOUR } };
    const drain = new AbortController();
    await bench
      .apply(CHAIN, {
        settings,
        drain: drain.signal,
        onChange: ({ task, state }) => task.id === 'c' && state === 'running' && drain.abort(),
      })
      .catch(() => undefined);
    const { mission } = await bench.apply(CHAIN, { settings });
    expect(mission.state).toBe('succeeded');
    expect(wallOf(mission)).toBeLessThan(MINUTE);
    expect(mission.wall).toBeGreaterThanOrEqual(0);
  });

  it('ends a question whose time that was, for those who come late too', async () => {
    const settings = { approvals: [{ task: 'q', expires: HOUR }] };
    const { mission } = await bench.apply([aTask('q')], { settings });
    expect(mission.state).toBe('waiting');
    set += 24 * HOUR;
    await expect(
      bench.inLog((log, store) => {
        const never = new AbortController().signal;
        const clock = { now: () => Date.now() + set };
        const loop = new Loop({ runner: { run: async () => [] }, clock, jobs: 1, drain: never, stop: never });
        const engine = { log, store, loop, clock } as unknown as Engine;
        return takeWord({ kind: 'approve', mission: mission.id, task: 'q', by: 'somebody', id: 'late' }, engine);
      }),
    ).rejects.toMatchObject({ code: 'MISSION_STATE' });
    const end = await bench.apply([aTask('q')], { settings });
    expect(end.mission.state).toBe('failed');
    expect(bench.ran).toEqual([]);
    bench.inLog((log) => expect(taskRow(log.db, mission.id, 'q')?.reason).toBe('Nobody approved it in time.'));
  });
});

describe('the time of a question', () => {
  it('is over for good once it has been answered', async () => {
    bench.script.set('q', async (attempt) => {
      await sleep(500);
      return leave(attempt, openContentStore(bench.dir));
    });
    let parts: { log: Log; loop: Loop } | undefined;
    const yes = async (): Promise<void> => {
      if (parts === undefined) return;
      const mission = findMission(parts.log.db, 'latest').id;
      await parts.log.append([wordSaid('approve', { mission, task: aTask('q') }, { request: 'r', by: 'somebody' })]);
      parts.loop.steer({ type: 'approved', mission, task: 0 });
    };
    // `slow` keeps the mission going while the question stands.
    bench.script.set('slow', async (attempt) => {
      await sleep(100);
      await yes();
      return leave(attempt, openContentStore(bench.dir));
    });
    const { mission } = await bench.apply([aTask('q'), aTask('slow')], {
      settings: { approvals: [{ task: 'q', expires: 300 }] },
      onOpen: (opened) => void (parts = opened),
    });
    expect(mission.state).toBe('succeeded');
    bench.inLog((log) => {
      expect([...log.entries({ kinds: ['approval.expired', 'task.failed'] })]).toEqual([]);
    });
  });
});
