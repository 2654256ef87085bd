import { beforeEach, describe, expect, it } from 'vitest';

import { systemClock } from '../../../src/base/clock.ts';
import { systemIds } from '../../../src/base/ids.ts';
import { Dispatch } from '../../../src/runtime/cluster/dispatch.ts';
import type { Job, WorkResult } from '../../../src/runtime/cluster/job.ts';
import type { AgentEvent } from '../../../src/runtime/policy/agent-event.ts';
import { aTask } from '../mission/a-task.ts';

const DONE: WorkResult = { outcome: 'done', files: [] };
const never = new AbortController().signal;

let told: AgentEvent[];
let slots: number;
beforeEach(() => {
  told = [];
  slots = 0;
});

const dispatch = (patience = 60_000): Dispatch =>
  new Dispatch({ clock: systemClock, ids: systemIds(systemClock), patience, widen: (_pool, by) => void (slots += by) });

const job = (): Job => ({
  pool: 'gpu',
  assignment: { mission: 'm', task: aTask('T001'), attempt: 1, needs: {}, tree: [], settings: {}, performer: {} },
  contents: new Set(),
  chronicle: async (event) => void told.push(event),
});

async function taken(from: Dispatch, worker = 'one') {
  const lease = await from.take('gpu', worker, never);
  if (lease === undefined) throw new TypeError('nothing to take');
  return lease;
}

describe('a job', () => {
  it('goes to whoever comes for it, before or after, and what they say of it is its end', async () => {
    const desk = dispatch();
    const early = taken(desk, 'early');
    const [first, second] = [desk.perform(job(), never), desk.perform(job(), never)];
    const leases = [await early, await taken(desk, 'late')];
    expect(leases.map(({ worker }) => worker)).toEqual(['early', 'late']);
    desk.settle(leases[1]!.id, 'late', { outcome: 'failed', reason: 'no' });
    desk.settle(leases[0]!.id, 'early', DONE);
    expect(await Promise.all([first, second])).toEqual([DONE, { outcome: 'failed', reason: 'no' }]);
    expect(slots).toBe(0);
  });

  it('is in the log before it is given out', async () => {
    const desk = dispatch();
    void desk.perform(job(), never);
    const { id } = await taken(desk);
    expect(told).toEqual([{ kind: 'task.leased', worker: 'one', pool: 'gpu', lease: id }]);
  });

  it('is lost when its worker is silent for too long, and kept by one that is heard of', async () => {
    const desk = dispatch(60);
    const [silent, loud] = [desk.perform(job(), never), desk.perform(job(), never)];
    const [, heard] = [await taken(desk, 'silent'), await taken(desk, 'loud')];
    const beat = setInterval(() => desk.heard(heard.id, 'loud'), 5);
    await expect(silent).rejects.toMatchObject({ code: 'WORKER_LOST' });
    clearInterval(beat);
    desk.settle(heard.id, 'loud', DONE);
    expect(await loud).toEqual(DONE);
  });

  it('is lost when it is given back', async () => {
    const desk = dispatch();
    const end = desk.perform(job(), never);
    const { id } = await taken(desk);
    desk.giveBack(id, 'one', 'no room');
    await expect(end).rejects.toMatchObject({ code: 'WORKER_LOST', message: 'one gave it back: no room' });
    expect(slots).toBe(0);
  });

  it('that is no longer wanted is taken from its worker, and out of the line', async () => {
    const desk = dispatch();
    const [stopLeased, stopWaiting] = [new AbortController(), new AbortController()];
    const leased = desk.perform(job(), stopLeased.signal);
    const { id } = await taken(desk);
    const waiting = desk.perform(job(), stopWaiting.signal);
    stopLeased.abort();
    stopWaiting.abort();
    expect((await Promise.allSettled([leased, waiting])).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(() => desk.heard(id, 'one')).toThrow(/has ended/);
    const gone = new AbortController();
    const none = desk.take('gpu', 'two', gone.signal);
    gone.abort();
    expect(await none).toBeUndefined();
    expect(slots).toBe(0);
  });
});

it('of a lease that has ended, or is another’s, nobody has a say', async () => {
  const desk = dispatch();
  const end = desk.perform(job(), never);
  const { id } = await taken(desk);
  expect(() => desk.settle(id, 'two', DONE)).toThrow(/somebody else/);
  desk.settle(id, 'one', DONE);
  await end;
  for (const late of [() => desk.settle(id, 'one', DONE), () => desk.giveBack(id, 'one', ''), () => desk.heard(id, 'one')]) {
    expect(late).toThrow(expect.objectContaining({ code: 'LEASE_LOST' }));
  }
});
