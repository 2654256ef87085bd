import { createPublicKey } from 'node:crypto';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { systemClock } from '../../../../src/base/clock.ts';
import { digestOf } from '../../../../src/base/digest.ts';
import type { EntryDraft } from '../../../../src/runtime/log/entry.ts';
import { openKeyFile } from '../../../../src/runtime/log/key-file.ts';
import { openLog } from '../../../../src/runtime/log/log.ts';
import { parseProof, verifyProof } from '../../../../src/runtime/log/proof.ts';
import { noteSigner, noteVerifier } from '../../../../src/runtime/log/signed-note.ts';
import { missionProjection } from '../../../../src/runtime/mission/projection.ts';
import { findMission, missionRows } from '../../../../src/runtime/mission/queries.ts';
import {
  missionResumed,
  taskFailed,
  type TaskIdentity,
  taskStarted,
  taskSucceeded,
} from '../../../../src/runtime/mission/records.ts';
import { reportPage } from '../../../../src/runtime/report/html/page.ts';
import { readReport } from '../../../../src/runtime/report/model/read-report.ts';
import type { Report } from '../../../../src/runtime/report/model/report.ts';
import { chromeTrace } from '../../../../src/runtime/report/trace/chrome-trace.ts';
import { openContentStore } from '../../../../src/runtime/vault/content-store.ts';
import { aTask } from '../../mission/a-task.ts';
import { leave, type MissionBench, missionBench } from '../../mission/mission-bench.ts';
import { NO_KEYS, troubledGraph, troubledMission } from '../troubled-mission.ts';

let bench: MissionBench;
beforeEach(() => {
  bench = missionBench();
});
afterEach(() => {
  bench.remove();
});

const read = (mission = 'latest'): Report => bench.inLog((log, store) => readReport(mission, { log, store, keys: NO_KEYS }));
const digest = digestOf('x');
const taskOf = (mission: string, task: string): TaskIdentity => ({ mission, task, title: task, kind: 'contract' });

async function append(drafts: EntryDraft[]): Promise<void> {
  const signer = noteSigner('test.log', openKeyFile(join(bench.dir, 'keys', 'log.key'), 'ed25519'));
  const log = openLog(bench.dir, { mode: 'write', clock: systemClock, signer, projections: [missionProjection] });
  await log.append(drafts);
  log.close();
}

describe('readReport', () => {
  it('tells what became of every task, in the order of the graph', async () => {
    await troubledMission(bench);
    const report = read();
    expect(report.mission).toMatchObject({ state: 'failed', objective: 'Build Demo' });
    expect(report.tasks.map(({ id, state, attempts }) => [id, state, attempts.length])).toEqual([
      ['a', 'succeeded', 1],
      ['b', 'succeeded', 1],
      ['verify-b', 'failed', 1],
      ['c', 'succeeded', 1],
      ['d', 'skipped', 0],
      ['e', 'succeeded', 1],
    ]);
    expect(report.counts).toMatchObject({ total: 6, succeeded: 4, failed: 1, skipped: 1 });
    expect(report.tasks[1]?.needs).toEqual([{ task: 'a', kind: 'structural', because: 'stands on it' }]);
    expect(report.gate).toEqual({ result: 'pending', reasons: [], entry: null, time: null });
  });

  it('shows milestones as far as they are', async () => {
    await troubledMission(bench);
    expect(
      read().milestones.map(({ title, state, settled, total, states }) => ({ title, state, settled, total, states })),
    ).toEqual([
      { title: 'Foundation', state: 'succeeded', settled: 1, total: 1, states: { succeeded: 1 } },
      { title: 'Parts', state: 'failed', settled: 3, total: 3, states: { succeeded: 2, failed: 1 } },
      { title: 'Whole', state: 'skipped', settled: 2, total: 2, states: { skipped: 1, succeeded: 1 } },
    ]);
  });

  it('keeps the time in which nobody worked apart', async () => {
    await troubledMission(bench);
    const { runs, cost } = read();
    expect(runs.map(({ ended }) => ended)).toEqual(['interrupted', 'finished']);
    expect(cost.active).toBe(runs.reduce((sum, { start, end }) => sum + end - start, 0));
    expect(cost.active).toBeLessThanOrEqual(cost.elapsed);
    expect(cost.critical.tasks.length).toBeGreaterThan(0);
  });

  it('has the verdicts: by suite, and what a failed check found', async () => {
    await troubledMission(bench);
    const { suites, checks, artifacts } = read();
    expect(suites).toEqual([{ suite: 'jest', passed: 0, failed: 1, coverage: { mean: 0.5, lowest: 0.5 } }]);
    expect(checks).toMatchObject([
      {
        task: 'verify-b',
        state: 'failed',
        suite: 'jest',
        result: 'fail',
        passed: 2,
        failed: 1,
        failedTests: ['b › counts <script>alert(1)</script>'],
        reason: '- QA_TEST_FAILED b.txt: expected 1, got 2',
      },
    ]);
    expect(artifacts.find(({ path }) => path === 'b.txt')).toMatchObject({ validation: 'fail', coverage: 0.5, task: 'b' });
    expect(artifacts.map(({ size }) => size > 0)).not.toContain(false);
  });

  it('proves the entries on which the rest hangs', async () => {
    await troubledMission(bench);
    const { proof } = read();
    const verifier = noteVerifier('test.log', createPublicKey(openKeyFile(join(bench.dir, 'keys', 'log.key'), 'ed25519')));
    expect(proof.entries.map(({ kind }) => kind)).toEqual(['mission.created', 'mission.finished']);
    for (const { proof: text, leaf, kind } of proof.entries) {
      expect(verifyProof(parseProof(text), Buffer.from(leaf), verifier).size, kind).toBe(proof.checkpoint?.size);
    }
    expect(proof.seal?.count).toBe(1);
  });

  it('says where cached results come from and what that saved', async () => {
    bench.script.set('a', (attempt) => leave(attempt, openContentStore(bench.dir), 'the same bytes'));
    await bench.apply(troubledGraph());
    const first = read();
    await bench.apply(troubledGraph('second'));
    const { tasks, cost } = read();
    expect(tasks.map(({ state }) => state)).toEqual(['succeeded', 'cached', 'cached', 'cached', 'cached', 'cached']);
    for (const { cached } of tasks.slice(1)) expect(cached?.origin).toBe(first.mission.id);
    expect(cost.cache).toMatchObject({ hits: 5, unknown: 0 });
    expect(tasks.slice(1).map(({ cached }) => cached?.saved)).toEqual(first.tasks.slice(1).map(({ elapsed }) => elapsed));
  });

  it('makes the same bytes of the same log, whatever later missions append', async () => {
    await troubledMission(bench);
    const { id } = bench.inLog((log) => findMission(log.db, 'latest'));
    const [page, trace] = [reportPage(read(id)), chromeTrace(read(id))];
    expect(reportPage(read(id))).toBe(page);
    await bench.apply([aTask('other')]);
    expect(bench.inLog((log) => missionRows(log.db).length)).toBe(2);
    expect(reportPage(read(id))).toBe(page);
    expect(chromeTrace(read(id))).toBe(trace);
  });

  it('is there while a mission runs, and when one was killed', async () => {
    const mission = await running();
    const now = read();
    expect(now.mission).toMatchObject({ state: 'running', finishedAt: null });
    expect(now.tasks.map(({ state }) => state)).toEqual(['succeeded', 'running', 'waiting']);
    expect(now.tasks[1]?.attempts).toMatchObject([{ outcome: 'running', end: null }]);
    expect(now.milestones.map(({ state }) => state)).toEqual(['running']);
    expect(now.runs.map(({ ended }) => ended)).toEqual(['interrupted', 'running']);

    await append([missionResumed(mission, { settings: {} })]);
    const after = read();
    expect(after.tasks[1]?.attempts).toMatchObject([{ outcome: 'interrupted' }]);
    expect(after.runs.map(({ ended }) => ended)).toEqual(['interrupted', 'lost', 'running']);

    await append([taskStarted(taskOf(mission, 'b'), { attempt: 2, key: digest, manifest: digest })]);
    const usage = { tokens: 1500, money: 0.25, energy: 3 };
    await append([taskFailed(taskOf(mission, 'b'), { attempt: 2, key: digest, reason: 'no', usage })]);
    const last = read();
    expect(last.tasks[1]?.attempts.map(({ outcome }) => outcome)).toEqual(['interrupted', 'failed']);
    expect(last.cost.usage).toEqual(usage);
    expect(reportPage(last)).toContain('<dt>Tokens</dt>');
  });

  /** A mission of three tasks: the first is done, the second was started. */
  async function running(): Promise<string> {
    const stop = new AbortController();
    stop.abort();
    const tasks = ['a', 'b', 'c'].map((id) => aTask(id));
    await bench.apply(tasks, { drain: stop.signal }).catch(() => undefined);
    const mission = bench.inLog((log) => findMission(log.db, 'latest').id);
    const start = { attempt: 1, key: digest, manifest: digest };
    await append([
      missionResumed(mission, { settings: {} }),
      taskStarted(taskOf(mission, 'a'), start),
      taskStarted(taskOf(mission, 'b'), start),
    ]);
    await append([
      taskSucceeded(taskOf(mission, 'a'), { attempt: 1, key: digest, output: digest, tree: digest, usage: undefined }),
    ]);
    return mission;
  }
});
