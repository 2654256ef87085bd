import { userInfo } from 'node:os';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { renderLogs } from '../../../../src/cli/render/logs.ts';
import type { CallContext } from '../../../../src/runtime/app/operations.ts';
import { plainScreen } from '../../../cli/plain-screen.ts';
import { type AppBench, appBench, SIMPLE_SCRIPT, tasksFile } from '../app-bench.ts';

let bench: AppBench;
beforeEach(() => {
  bench = appBench();
  bench.write('spec/tasks.md', tasksFile(['One', 'Two', 'Three']));
  bench.write('script.yaml', SIMPLE_SCRIPT);
});
afterEach(() => bench.remove());

const ME = userInfo().username;
const because = async (task: string) => (await bench.call('explain', { mission: 'latest', task })).because;
const explain = async (task: string) => bench.call('explain', { mission: 'latest', task });
const logs = async () => renderLogs(await bench.call('logs', { mission: 'latest' }), { ...plainScreen, width: 300 });

describe('explain', () => {
  it('of what waits for a person, was rejected, asked again, and approved', async () => {
    await bench.apply({ requireApproval: ['T002=2h'] });
    expect(await because('work:t001')).toBe('It ran because no earlier mission of this specification has run it.');
    expect(await because('work:t002')).toMatch(/^It waits for a person to approve it, until \d{4}-.*Z\.$/);
    expect(await because('work:t003')).toBe(
      'It has not started: it needs work:t002; its mission waits: a person must approve work:t002.',
    );
    const { items } = await bench.call('status', { mission: 'latest' });
    expect(items.find(({ id }) => id === 'work:t002')?.reason).toMatch(/^a person must approve it until /);
    const list = await bench.call('missions', {});
    expect(list.items[0]).toMatchObject({ state: 'waiting', reason: 'A person must approve work:t002.' });
    expect((await bench.call('missions', { states: ['failed', 'running'] })).items).toEqual([]);
    expect((await bench.call('missions', { states: ['waiting'] })).items).toHaveLength(1);

    await bench.call('reject', { mission: 'latest', task: 'T002', note: 'Not now.' });
    await bench.call('resume', { mission: 'latest' });
    expect(await explain('work:t002')).toMatchObject({
      state: 'failed',
      because: `It failed, because it was rejected by ${ME}: Not now.`,
    });
    expect(await because('work:t003')).toBe('It was skipped: work:t002 failed.');

    // Whoever wants it again is asked again.
    expect(await bench.call('retry', { mission: 'latest', note: 'Now?' })).toMatchObject({
      state: 'waiting',
      approvals: [{ task: 'work:t002' }],
    });
    await bench.call('approve', { mission: 'latest', task: 'T002' });
    expect(await because('work:t002')).toBe(
      'It has not started: it was approved, and waits for a free slot; its mission waits: what it waited for was approved.',
    );
    expect((await bench.call('resume', { mission: 'latest' })).state).toBe('succeeded');
    expect(await because('work:t002')).toBe('It ran because no earlier mission of this specification has run it.');
    expect(await because('gate')).toBe('It ran: a gate decides over the evidence of its own mission, in every mission.');
    const text = await logs();
    expect(text).toContain(`word.reject         work:t002  by ${ME}: Not now.\n`);
    expect(text).toMatch(/approval\.asked {6}work:t002 {2}a person must approve it until \d{4}/);
    expect(text).toContain('mission.waiting     A person must approve work:t002.\n');
    expect(text).toContain('mission.created     Build Notes, P1, 5 tasks\n');
  });

  it('of what nobody approved in time', async () => {
    await bench.apply({ requireApproval: ['T001=1ms'] });
    await bench.call('resume', { mission: 'latest' }).catch(() => undefined);
    expect(await because('work:t001')).toBe('It failed, because nobody approved it in time.');
    expect(await logs()).toContain('approval.expired    work:t001  nobody approved it in time\n');
  });

  it('of what failed, was tried again, left to a person, and retried', async () => {
    const fails = '{ fails: "No." }';
    bench.write(
      'script.yaml',
      `version: 1\ntasks:\n  T001: { attempts: [${fails}, { writes: { one.md: "1" } }] }\n  T002: { attempts: [${fails}, ${fails}, ${fails}, { writes: { two.md: "2" } }] }\n  T003: { writes: { three.md: "3" } }\n`,
    );
    await bench.apply();
    expect(await explain('work:t001')).toMatchObject({
      because: 'It ran again, because the attempt before failed, and succeeded in attempt 2.',
      attempt: 2,
      feedback: 'No.',
    });
    expect(await explain('work:t002')).toMatchObject({
      because: 'It failed in 3 attempts, and is left to a person: `spec-kit retry` has it done again.',
      attempt: 3,
      feedback: 'No.',
    });
    expect(await logs()).toContain('task.escalated      work:t002  3 failed attempts, and left to a person\n');
    await bench.call('retry', { mission: 'latest', task: 'T002', note: 'Please.' });
    expect(await because('work:t002')).toBe(`It ran again, because of a retry by ${ME}: Please, and succeeded in attempt 4.`);
    expect(await because('work:t001')).toBe('It ran again, because the attempt before failed, and succeeded in attempt 2.');
    expect(await because('work:t003')).toBe('It ran because no earlier mission of this specification has run it.');
    expect(await logs()).toContain(`word.retry          work:t002  by ${ME}: Please.\n`);
  });

  it('of what was cancelled: one task, and a mission', async () => {
    await bench.apply({ requireApproval: ['work'] });
    await bench.call('cancel', { mission: 'latest', task: 'T001', note: 'no use' });
    await bench.call('resume', { mission: 'latest' });
    expect(await explain('work:t001')).toMatchObject({ state: 'cancelled', because: `It was cancelled by ${ME}: no use.` });
    expect(await because('work:t002')).toBe('It was skipped: work:t001 was cancelled.');

    bench.write('spec/tasks.md', tasksFile(['One', 'Two']));
    await bench.apply({ requireApproval: ['work'] });
    await bench.call('cancel', { mission: 'latest', note: 'out of scope' });
    expect(await explain('work:t002')).toMatchObject({
      state: 'cancelled',
      because: `It was not finished when its mission was cancelled by ${ME}: out of scope.`,
    });
    expect(await logs()).toContain(`word.cancel         by ${ME}: out of scope\n`);
  });

  it('of a mission that was closed for another, one that was paused, and one that was cut off', async () => {
    await bench.apply({ requireApproval: ['T001'] });
    const { id } = await bench.call('status', { mission: 'latest' });
    bench.write('spec/tasks.md', tasksFile(['One', 'Two']));
    const drain = new AbortController();
    const onProgress: CallContext['onProgress'] = ({ type }) => {
      if (type === 'task') drain.abort();
    };
    await expect(bench.apply({ jobs: 1 }, { drain: drain.signal, onProgress })).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect((await bench.call('explain', { mission: id, task: 'work:t001' })).because).toBe(
      'It was not finished when its mission was closed, because another graph was to be run.',
    );
    expect(await because('work:t002')).toBe('It has not started: it waits for a free slot; its mission waits: it was stopped.');
  });
});
