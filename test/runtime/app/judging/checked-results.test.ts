import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { renderLogs } from '../../../../src/cli/render/logs.ts';
import type { PlanView } from '../../../../src/runtime/app/views.ts';
import { plainScreen } from '../../../cli/plain-screen.ts';
import { type AppBench, appBench, tasksFile } from '../app-bench.ts';

let bench: AppBench;
beforeEach(() => {
  bench = appBench();
  bench.write('spec/tasks.md', tasksFile(['Add', 'Test']));
});
afterEach(() => bench.remove());

const WRONG = 'export const add = (a, b) => a - b;';
const RIGHT = 'export const add = (a, b) => a + b;';
const TEST = `import test from 'node:test'; import assert from 'node:assert/strict'; import { add } from '../src/add.mjs'; test('adds', () => assert.equal(add(1, 2), 3));`;

/** The first task writes these, attempt by attempt; the second the test of it. */
function script(...attempts: string[]): void {
  const quoted = (text: string): string => JSON.stringify(text);
  const adds = attempts.map((text) => `{ writes: { src/add.mjs: ${quoted(text)} } }`);
  bench.write(
    'script.yaml',
    `version: 1\ntasks:\n  T001: { attempts: [${adds.join(', ')}] }\n  T002: { writes: { test/add.test.mjs: ${quoted(TEST)} } }\ndefault: { writes: { notes.md: "x" } }\n`,
  );
}

/** What would be taken from the cache, by id. */
async function cached(): Promise<Record<string, boolean>> {
  const plan: PlanView = await bench.call('plan', { bundle: 'spec', agent: 'script:script.yaml' });
  return Object.fromEntries(plan.tasks.map((task) => [task.id, task.cached]));
}

describe('results that a check covers', () => {
  it('are nobody’s to take while the check has not passed', { timeout: 120_000 }, async () => {
    script(WRONG);
    const failed = await bench.apply();
    expect(failed.state).toBe('failed');
    expect(await cached()).toMatchObject({ 'work:t001': false, 'work:t002': false, 'verify:work': false });
    // Of another mission too: a further task, so that the graph is another one.
    bench.write('spec/tasks.md', tasksFile(['Add', 'Test', 'Note']));
    expect(await cached()).toMatchObject({ 'work:t001': false, 'work:t002': false });
    const explained = await bench.call('explain', { mission: failed.id, task: 'work:t001' });
    expect(explained.because).toMatch(/found its result at fault|left to a person/);
    expect(explained.feedback).toContain('add');
  });

  it('are taken once it has passed, those that were found at fault before it never', { timeout: 120_000 }, async () => {
    script(WRONG, RIGHT);
    const mission = await bench.apply();
    expect(mission.state).toBe('succeeded');
    const explain = async (task: string) => bench.call('explain', { mission: 'latest', task });
    expect(await explain('work:t001')).toMatchObject({
      because: 'It ran again, because verify:work found its result at fault, and succeeded in attempt 2.',
      feedback: expect.stringContaining('add.test.mjs'),
    });
    expect((await explain('work:t001')).outputs.map(({ path }) => path)).toEqual(['src/add.mjs']);
    const text = renderLogs(await bench.call('logs', { mission: 'latest' }), { ...plainScreen, width: 200 });
    expect(text).toMatch(/task\.reopened {7}work:t001 {2}verify:work found it at fault\n/);

    bench.write('spec/tasks.md', tasksFile(['Add', 'Test', 'Note']));
    expect(await cached()).toMatchObject({ 'work:t001': true, 'work:t002': true, 'work:t003': false });
    await bench.call('cache.prune', {});
    const next = await bench.apply();
    expect(next).toMatchObject({ state: 'succeeded', tasks: { cached: 2 } });
    expect(await bench.call('verify', {})).toMatchObject({ result: 'verified', failures: [] });
  });

  it('are taken where the check was not needed again, since they left the same', { timeout: 120_000 }, async () => {
    script(RIGHT);
    await bench.apply();
    bench.write('spec/tasks.md', tasksFile(['Add two numbers', 'Test']));
    expect(await bench.apply()).toMatchObject({ state: 'succeeded', tasks: { cached: 2, succeeded: 2 } });
    expect(await cached()).toMatchObject({ 'work:t001': true, 'work:t002': true, 'verify:work': true, gate: true });
    expect(await bench.apply()).toMatchObject({ unchanged: true });
  });
});
