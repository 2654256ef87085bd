import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ApplyInput, CallContext } from '../../../../src/runtime/app/operations.ts';
import type { PlanView } from '../../../../src/runtime/app/views.ts';
import { type AppBench, appBench, SIMPLE_SCRIPT, tasksFile } from '../app-bench.ts';

let bench: AppBench;
beforeEach(() => {
  bench = appBench();
  bench.write('spec/tasks.md', tasksFile(['One', 'Two', 'Three']));
  bench.write('script.yaml', SIMPLE_SCRIPT);
});
afterEach(() => bench.remove());

/** Applies, and says which tasks ran. With `cut` it is drained as soon as so many have started or were taken over. */
async function ran(input: Partial<ApplyInput> = {}, cut = Number.POSITIVE_INFINITY): Promise<string[]> {
  const drain = new AbortController();
  const started: string[] = [];
  let begun = 0;
  const onProgress: CallContext['onProgress'] = (change) => {
    if (change.type !== 'task') return;
    if (change.state === 'running') started.push(change.task);
    if ((change.state === 'running' || change.state === 'cached') && ++begun >= cut) drain.abort();
  };
  await bench.apply({ jobs: 1, ...input }, { drain: drain.signal, onProgress }).catch((error: unknown) => {
    expect(error).toMatchObject({ code: 'INTERRUPTED' });
  });
  return started;
}

async function foreseen(input: Partial<ApplyInput> = {}): Promise<Record<string, string>> {
  const plan = (await bench.call('apply', { bundle: 'spec', agent: 'script:script.yaml', dryRun: true, ...input })) as PlanView;
  return Object.fromEntries(plan.tasks.map(({ id, cached, reason }) => [id, `${cached ? 'cached' : 'run'}: ${reason}`]));
}

describe('--only', () => {
  it('runs the task and what it needs, and no more', async () => {
    expect(await ran({ only: ['work:t002'] })).toEqual(['work:t001', 'work:t002']);
    expect(await ran({ only: ['work:t002'] })).toEqual([]);
    await expect(bench.apply({ only: ['work:t009'] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('leaves nothing that another mission takes before a check has passed it', async () => {
    expect(await ran({ only: ['work:t002'] })).toEqual(['work:t001', 'work:t002']);
    expect(await foreseen()).toMatchObject({ 'work:t001': 'run: no check has passed its result' });
    expect(await ran({ only: ['work:t003'] })).toEqual(['work:t001', 'work:t002', 'work:t003']);
    expect(await ran({ only: ['verify:work'] })).toEqual(['work:t001', 'work:t002', 'work:t003', 'verify:work']);
    // Now it has.
    expect(await ran({ only: ['work:t001'] })).toEqual([]);
    expect(await ran()).toEqual(['gate']);
  });
});

describe('--force', () => {
  it('runs a task that is cached, and what follows only if it left other bytes', async () => {
    await ran();
    expect(await foreseen({ force: ['work:t002'] })).toMatchObject({
      'work:t001': expect.stringMatching(/^cached/),
      'work:t002': 'run: forced',
    });
    expect(await ran({ force: ['work:t002'] })).toEqual(['work:t002', 'gate']);
  });

  it('runs a task once in a mission that goes on, also if that had taken it over before', async () => {
    await ran();
    bench.write('script.yaml', SIMPLE_SCRIPT.replace('three\\n', '3\\n'));
    // Cut off once the first two were taken over.
    expect(await ran({}, 2)).toEqual([]);
    expect(await foreseen({ force: ['work:t001'] })).toMatchObject({ 'work:t001': 'run: forced' });
    expect(await ran({ force: ['work:t001'] }, 1)).toEqual(['work:t001']);
    // It has run in this mission: the same command goes on behind it.
    expect(await foreseen({ force: ['work:t001'] })).toMatchObject({
      'work:t001': expect.stringMatching(/^cached: done in mission [-\da-f]{13}, which goes on$/),
    });
    expect(await ran({ force: ['work:t001'] })).toEqual(['work:t003', 'verify:work', 'gate']);
    expect((await bench.call('missions', {})).items.map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
    expect(await bench.call('verify', {})).toMatchObject({ result: 'verified' });
  });
});

describe('--dry-run', () => {
  it('writes nothing, and foresees of a mission that goes on what it has done', async () => {
    expect(await foreseen()).toMatchObject({ 'work:t001': 'run: never run here' });
    await expect(bench.call('missions', {})).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' });
    expect(await ran({}, 2)).toEqual(['work:t001', 'work:t002']);
    const { items } = await bench.call('logs', { mission: 'latest' });
    const plan = await foreseen();
    expect(plan).toMatchObject({
      'work:t001': expect.stringMatching(/^cached: done in mission .*, which goes on$/),
      'work:t002': expect.stringMatching(/^cached/),
      'work:t003': expect.stringMatching(/^run/),
    });
    expect((await bench.call('logs', { mission: 'latest' })).items).toEqual(items);
    expect(await ran()).toEqual(Object.keys(plan).filter((id) => plan[id]?.startsWith('run')));
  });
});
