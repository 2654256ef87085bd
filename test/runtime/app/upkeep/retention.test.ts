import { rmSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { sha256 } from '../../../../src/base/digest.ts';
import { openLog } from '../../../../src/runtime/log/log.ts';
import { openContentStore } from '../../../../src/runtime/vault/content-store.ts';
import { type AppBench, appBench, SIMPLE_SCRIPT, tasksFile } from '../app-bench.ts';

let bench: AppBench;
beforeEach(() => {
  bench = appBench();
  bench.write('spec/tasks.md', tasksFile(['One', 'Two', 'Three']));
  bench.write('script.yaml', SIMPLE_SCRIPT);
});
afterEach(() => bench.remove());

const ALL = { payloadsOlderThan: '1ms' };
const has = (text: string) => openContentStore(bench.workspace).has(sha256(text));
const store = () => openContentStore(bench.workspace);

/** A first mission, and one of the same specification after it whose second file is another. */
async function twoMissions() {
  const old = await bench.apply();
  bench.write('script.yaml', SIMPLE_SCRIPT.replace('two\\n', 'TWO\\n'));
  const young = await bench.apply({ force: ['work:t002'] });
  await wait(5);
  return { old, young };
}

function removals() {
  const log = openLog(bench.workspace, { mode: 'read' });
  try {
    return [...log.entries({ kinds: ['payloads.removing'] })];
  } finally {
    log.close();
  }
}

describe('retention', () => {
  it('removes what an old mission made, and verification says under which entry', async () => {
    const { old, young } = await twoMissions();
    expect([has('one\n'), has('two\n'), has('TWO\n')]).toEqual([true, true, true]);
    const dry = await bench.call('cache.prune', { ...ALL, dryRun: true });
    expect([dry.payloads, removals()]).toEqual([{ files: 1, bytes: 4, missions: 1 }, []]);
    expect((await bench.call('cache.prune', ALL)).payloads).toEqual({ files: 1, bytes: 4, missions: 1 });
    // What the newer mission has too stays.
    expect([has('one\n'), has('two\n'), has('TWO\n')]).toEqual([true, false, true]);

    const [entry] = removals();
    const rule = 'payloads older than 1ms';
    expect(entry?.data).toMatchObject({ mission: old.id, rule, count: 1, digests: [sha256('two\n')] });
    const removed = [{ entry: entry?.seq, at: entry?.at, mission: old.id, rule, digests: [sha256('two\n')] }];
    expect(await bench.call('verify', {})).toMatchObject({ result: 'verified', failures: [], removed });
    expect(await bench.call('verify', { target: old.id })).toMatchObject({
      result: 'verified',
      removed,
      checked: { artifacts: 2 },
    });
    expect(await bench.call('verify', { target: young.id })).toMatchObject({ result: 'verified', removed: [] });
    expect((await bench.call('ledger.fsck', {})).result).toBe('clean');
    await bench.call('report', { mission: old.id, format: 'html', out: '-' });
    await bench.call('explain', { mission: old.id, task: 'work:t002' });

    expect((await bench.call('cache.prune', ALL)).payloads.files).toBe(0);
    expect(removals()).toHaveLength(1);
  });

  it('leaves no proof that would be half one, and says what is gone, since when and by which entry', async () => {
    const { old, young } = await twoMissions();
    await bench.call('cache.prune', ALL);
    const [entry] = removals();
    const gone = { mission: old.id, out: 'gone' };
    await expect(bench.call('evidence.export', gone)).rejects.toMatchObject({
      code: 'PAYLOADS_REMOVED',
      message: `Retention has removed 1 artifact of 3, two.md, by log entry ${entry?.seq} of ${entry?.at} (payloads older than 1ms): the proof would not be whole.`,
      hint: expect.stringContaining(`spec-kit verify ${old.id}`),
      details: {
        removed: [{ entry: entry?.seq, at: entry?.at, rule: 'payloads older than 1ms' }],
        artifacts: [{ path: 'two.md', digest: sha256('two\n') }],
      },
    });
    await bench.call('evidence.export', { mission: young.id, out: 'whole' });
    rmSync(store().pathOf(sha256('one\n')));
    await expect(bench.call('evidence.export', gone)).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      details: { artifacts: [{ path: 'one.md', digest: sha256('one\n') }] },
    });
  });

  it('leaves a payload that no entry excuses a failure', async () => {
    const { old, young } = await twoMissions();
    await bench.call('cache.prune', ALL);
    rmSync(store().pathOf(sha256('TWO\n')));
    const { result, failures } = await bench.call('verify', {});
    expect(result).toBe('failed');
    expect(failures).toEqual([
      expect.objectContaining({ subject: `${young.id}/artifacts/two.md`, code: 'VERIFY_ARTIFACT_MISSING' }),
    ]);
    expect(old.id).not.toBe(young.id);
  });

  it('has tasks run again whose results are no longer whole', async () => {
    await twoMissions();
    await bench.call('cache.prune', ALL);
    bench.write('script.yaml', SIMPLE_SCRIPT);
    const again = await bench.apply();
    expect(again.state).toBe('succeeded');
    expect(has('two\n')).toBe(true);
    expect(await bench.call('verify', {})).toMatchObject({ result: 'verified', removed: [] });
  });

  it('keeps the newest of a specification, whatever its age, and what is young', async () => {
    await bench.apply();
    await wait(5);
    expect((await bench.call('cache.prune', ALL)).payloads.files).toBe(0);
    await twoMissions();
    expect((await bench.call('cache.prune', { payloadsOlderThan: '1h' })).payloads.files).toBe(0);
    expect([has('one\n'), has('two\n'), has('TWO\n')]).toEqual([true, true, true]);
  });

  it('keeps what a failed mission has made, for a retry to go on with', async () => {
    const fails = SIMPLE_SCRIPT.replace('two\\n', 'TWO\\n').replace(/T003: .*/, 'T003: { fails: "No." }');
    bench.write('script.yaml', fails);
    const failed = await bench.apply();
    expect(failed.state).toBe('failed');
    bench.write('script.yaml', SIMPLE_SCRIPT);
    await bench.apply({ force: ['work:t002'] });
    await wait(5);
    await bench.call('cache.prune', ALL);
    expect(has('TWO\n')).toBe(true);
    expect((await bench.call('verify', {})).result).toBe('verified');
  });

  it('goes by the rule of the configuration only for who asks, and refuses what is none', async () => {
    await twoMissions();
    await expect(bench.call('cache.prune', { retention: true })).rejects.toMatchObject({ code: 'USAGE' });
    bench.write('.agentnexus.yaml', 'retention: { payloads: always }\n');
    await expect(bench.call('cache.prune', { retention: true })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    bench.write('.agentnexus.yaml', 'retention: { payloads: 1ms }\n');
    expect((await bench.call('cache.prune', {})).payloads.files).toBe(0);
    expect((await bench.call('cache.prune', { retention: true })).payloads.files).toBe(1);
    await expect(bench.call('cache.prune', { payloadsOlderThan: 'long' })).rejects.toMatchObject({ code: 'USAGE' });
  });
});
