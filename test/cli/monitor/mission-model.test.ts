import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { MissionModel, noCounts } from '../../../src/cli/monitor/model/mission-model.ts';
import { shownCounts } from '../../../src/cli/monitor/screen/head.ts';
import { type AppBench, appBench, SIMPLE_SCRIPT, tasksFile } from '../../runtime/app/app-bench.ts';
import { idOf, line, sampleGraph, sampleModel } from './sample-mission.ts';

describe('the model of a mission', () => {
  let bench: AppBench;
  beforeEach(() => {
    bench = appBench();
    bench.write('spec/tasks.md', tasksFile(['One', 'Two', 'Three']));
    bench.write('script.yaml', SIMPLE_SCRIPT);
  });
  afterEach(() => bench.remove());

  /** All that `status` says of the last mission must be what the model made of its log, entry by entry. */
  async function checkAsStatus(): Promise<void> {
    const mission = 'latest';
    const [status, graph, logs] = [
      await bench.call('status', { mission }),
      await bench.call('graph', { mission }),
      await bench.call('logs', { mission }),
    ];
    const model = new MissionModel(graph);
    for (const item of logs.items) model.add(item);
    const { total: _, ...counts } = status.tasks;
    expect(shownCounts(model)).toEqual(counts);
    expect(model.tasks).toHaveLength(status.tasks.total);
    expect(model.mission.state).toBe(status.state);
    expect(model.mission.gate).toBe(status.gate.result);
    expect(model.mission.spent).toEqual({
      tokens: status.spent.tokens,
      money: status.spent.money,
      energy: status.spent.energy,
      attempts: status.spent.attempts,
    });
    expect([...model.asked].map(({ id }) => ({ task: id }))).toMatchObject(status.approvals.map(({ task }) => ({ task })));
    for (const item of status.items) {
      const task = model.task(item.id);
      expect(task).toMatchObject({ state: item.state, attempt: item.attempt });
      expect(
        [task?.startedAt, task?.finishedAt].map((time) => (time === undefined ? null : new Date(time).toISOString())),
      ).toEqual([item.startedAt, item.finishedAt]);
    }
    const { wall, sessionAt = 0, lastAt = 0 } = model.mission;
    // SQLite rounds a millisecond away now and then.
    expect(Math.abs(wall + lastAt - sessionAt - status.spent.wall)).toBeLessThan(4);
  }

  it('is what `status` says: done, cached, approved, resumed', async () => {
    await bench.apply({ requireApproval: ['T002'] });
    await checkAsStatus();
    await bench.call('approve', { mission: 'latest', task: 'T002' });
    await checkAsStatus();
    await bench.call('resume', { mission: 'latest' });
    await checkAsStatus();
    await bench.apply({ force: ['work:t003'] });
    await checkAsStatus();
  });

  it('is what `status` says: rejected, retried, cancelled', async () => {
    await bench.apply({ requireApproval: ['T002'], budget: ['tokens=1000'] });
    await bench.call('reject', { mission: 'latest', task: 'T002' });
    await bench.call('resume', { mission: 'latest' }).catch(() => undefined);
    await checkAsStatus();
    await bench.call('retry', { mission: 'latest' }).catch(() => undefined);
    await checkAsStatus();
    await bench.call('cancel', { mission: 'latest', task: 'T002' });
    await checkAsStatus();
    await bench.call('cancel', { mission: 'latest' }).catch(() => undefined);
    await checkAsStatus();
  });
});

const KINDS = [
  'task.started',
  'task.succeeded',
  'task.cached',
  'task.failed',
  'task.lost',
  'task.reopened',
  'task.skipped',
  'task.cancelled',
  'approval.asked',
  'approval.expired',
  'word.approve',
  'word.reject',
  'word.cancel',
  'word.retry',
  'mission.resumed',
  'mission.interrupted',
  'artifact.recorded',
  'something.new',
];

describe('any log', () => {
  it('leaves counts that are those of the tasks, of all and of each milestone', () => {
    const entry = fc.tuple(fc.constantFrom(...KINDS), fc.integer({ min: -1, max: 9 }), fc.boolean());
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 80 }), (entries) => {
        const model = new MissionModel(sampleGraph(8));
        for (const [kind, task, named] of entries)
          model.add(line(kind, named && task >= 0 ? task : null, { attempt: 1, reason: 'no' }));
        const counted = noCounts();
        for (const { state } of model.tasks) counted[state]++;
        expect(model.counts).toEqual(counted);
        const byMilestone = noCounts();
        for (const { counts } of model.milestones)
          for (const state of Object.keys(counts) as (keyof typeof counts)[]) byMilestone[state] += counts[state];
        expect(byMilestone).toEqual(counted);
        const asked = model.tasks.filter(({ state, approval }) => state === 'waiting' && approval === 'asked');
        expect(new Set(model.asked)).toEqual(new Set(asked));
        expect([...model.inState('failed')].length).toBe(counted.failed);
      }),
    );
  });

  it('that names what the graph does not have is shown all the same', () => {
    const model = sampleModel();
    model.add(line('task.started', 'work:unknown', { title: 'Unknown', taskKind: 'work', attempt: 1 }));
    expect(model.task('work:unknown')).toMatchObject({ state: 'running', title: 'Unknown' });
  });

  it('does not make a task remember more than it can show', () => {
    const model = new MissionModel(sampleGraph(2));
    for (let at = 0; at < 5_000; at++)
      model.add(line('agent.lifecycle', 0, { event: { agentId: `a${at}`, lifecycle: 'spawned' } }));
    const { log = [] } = model.task(idOf(0)) ?? {};
    expect(log.length).toBeLessThan(1_000);
    expect(log.at(-1)?.text).toContain('a4999');
  });

  it('shows nothing that a terminal obeys', () => {
    const evil = '\u001b[2J\u001b]0;owned\u0007\u202eevil\r';
    const model = new MissionModel(sampleGraph(3, { title: evil, taskTitle: () => evil }));
    model.add(line('task.failed', 0, { reason: `one\n${evil}two`, attempt: 1 }));
    const shown = JSON.stringify([model.mission.title, model.tasks.map(({ title, log, reason }) => [title, log, reason])]);
    expect(shown).toContain('evil');
    for (const each of '\u001b\u0007\u202e\r') expect(JSON.parse(shown).flat(9).join('')).not.toContain(each);
  });
});
