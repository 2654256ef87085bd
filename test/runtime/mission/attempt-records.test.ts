import { afterEach, beforeEach, expect, it } from 'vitest';

import { digestOf } from '../../../src/base/digest.ts';
import type { EntryDraft } from '../../../src/runtime/log/entry.ts';
import type { Log } from '../../../src/runtime/log/log.ts';
import type { LogReader } from '../../../src/runtime/log/log-reader.ts';
import type { Loop } from '../../../src/runtime/mission/loop.ts';
import type { Attempt, Runner } from '../../../src/runtime/mission/runner.ts';
import { aTask } from './a-task.ts';
import { type MissionBench, missionBench } from './mission-bench.ts';

let bench: MissionBench;
beforeEach(() => {
  bench = missionBench();
});
afterEach(() => {
  bench.remove();
});

const CHAIN = Array.from({ length: 20 }, (_, at) =>
  aTask(`t${at}`, { needs: at === 0 ? [] : [{ task: `t${at - 1}`, kind: 'structural', because: 'it must' }] }),
);

const note = (kind: string, { mission, task }: Attempt): EntryDraft => ({ kind, mission, task: task.id, data: {} });

/** Leaves nothing, with a word before and one after; `work` is waited for in between. */
function wordy(work: (attempt: Attempt, signal: AbortSignal) => Promise<void> | void = () => undefined): Runner {
  return {
    opening: (attempt) => [note('test.opening', attempt)],
    run: (attempts, signal) =>
      Promise.all(
        attempts.map(async (attempt) => {
          await work(attempt, signal);
          const closing = [note('test.closing', attempt)];
          return { outcome: 'succeeded', tree: [], output: digestOf(attempt.task.id), evidence: [], closing };
        }),
      ),
  };
}

const ended = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

const kindsOf = (log: LogReader, id: string): string[] =>
  [...log.entries()].filter(({ task }) => task === id).map(({ kind }) => kind);

const recordedOf = (id: string): string[] => bench.inLog((log) => kindsOf(log, id));

it('takes one commit a task, in which the one before ends', async () => {
  await bench.apply(CHAIN, { runner: wordy() });
  const closesCommit = 'SELECT count(*) AS count FROM entry WHERE note IS NOT NULL OR mac IS NOT NULL';
  const commits = bench.inLog(({ db }) => db.get<{ count: number }>(closesCommit)?.count ?? 0);
  expect(recordedOf('t3')).toEqual(['task.started', 'test.opening', 'test.closing', 'task.succeeded']);
  // Besides: that the mission begins, the last end, that the mission is over.
  expect(commits).toBe(CHAIN.length + 3);
});

it('is on record with the start when the attempt is run', async () => {
  const seen: string[] = [];
  let log: Log | undefined;
  const runner = wordy(({ task }) => {
    if (log !== undefined) seen.push(...kindsOf(log, task.id));
  });
  await bench.apply([aTask('a')], {
    runner,
    onOpen: (parts) => {
      log = parts.log;
    },
  });
  expect(seen).toEqual(['task.started', 'test.opening']);
});

it('says what became of the agent of an attempt that was cancelled, whose end counts for nothing', async () => {
  let loop: Loop | undefined;
  const runner = wordy(async ({ mission }, signal) => {
    loop?.steer({ type: 'cancel', mission });
    await ended(signal);
  });
  const { mission } = await bench.apply([aTask('a')], {
    runner,
    onOpen: (parts) => {
      loop = parts.loop;
    },
  });
  expect(mission.state).toBe('cancelled');
  expect(recordedOf('a')).toEqual(['task.started', 'test.opening', 'test.closing', 'task.cancelled']);
});

it('says so too where all is stopped', async () => {
  const stop = new AbortController();
  const runner = wordy(async (_, signal) => {
    stop.abort();
    await ended(signal);
  });
  await expect(bench.apply([aTask('a')], { runner, stop: stop.signal })).rejects.toMatchObject({ code: 'INTERRUPTED' });
  expect(recordedOf('a')).toEqual(['task.started', 'test.opening', 'test.closing']);
});
