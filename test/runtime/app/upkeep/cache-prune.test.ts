import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Digest } from '../../../../src/base/digest.ts';
import { openLog } from '../../../../src/runtime/log/log.ts';
import { type ContentStore, openContentStore } from '../../../../src/runtime/vault/content-store.ts';
import type { CallContext } from '../../../../src/runtime/app/operations.ts';
import { type AppBench, appBench, SIMPLE_SCRIPT, tasksFile } from '../app-bench.ts';

let bench: AppBench;
let store: ContentStore;
beforeEach(() => {
  bench = appBench();
  bench.write('spec/tasks.md', tasksFile(['One', 'Two', 'Three']));
  bench.write('script.yaml', SIMPLE_SCRIPT);
  store = openContentStore(bench.workspace);
});
afterEach(() => bench.remove());

/** What a writer that was killed between content and entry leaves. */
async function spill(...texts: string[]): Promise<Digest[]> {
  return openContentStore(bench.workspace, { writer: true }).putMany(texts.map((text) => Buffer.from(text)));
}

/** A context that is drained, or stopped, once so many changes have been told. */
function cutAfter(changes: number, how: 'drain' | 'stop' = 'drain'): Partial<CallContext> {
  const [drain, stop] = [new AbortController(), new AbortController()];
  let heard = 0;
  return {
    drain: drain.signal,
    stop: stop.signal,
    onProgress: ({ type }) => {
      if (type !== 'task' || ++heard < changes) return;
      if (how === 'stop') stop.abort();
      drain.abort();
    },
  };
}

/** Everything that must still work, as one value: what it says before and after must be the same. */
async function account(mission: string) {
  const { result, checked, failures, missions } = await bench.call('verify', {});
  const { items, head, gate } = await bench.call('status', { mission });
  const explanations = [];
  for (const { id } of items) explanations.push(await bench.call('explain', { mission, task: id }));
  const report = await bench.call('report', { mission, format: 'html', out: '-' });
  return { result, statements: checked['statements'], failures, missions, items, head, gate, explanations, report: report.text };
}

describe('cache prune', () => {
  it('removes what nothing refers to, and leaves all that proves, explains and is taken again', async () => {
    const mission = await bench.apply();
    const before = await account(mission.id);
    const named = [...store.list()];
    const [loose] = await spill('left by a crash');
    bench.write('.agentnexus/cas/incoming/half', 'hal');
    bench.write('.agentnexus/tmp/attempt/file', 'scratch');
    bench.write('.agentnexus/inbox/.12-3.tmp', '{');

    const view = await bench.call('cache.prune', {});
    expect(view).toMatchObject({ removed: { files: 1, bytes: 15 }, left: { files: 0 }, temporary: { files: 3 }, over: 0 });
    expect(view.store.files).toBe(named.length + 1);
    expect(view.kept.files).toBe(named.length);
    expect([...store.list()]).toEqual(named);
    expect(loose).toBeDefined();
    for (const path of ['cas/incoming/half', 'tmp', 'inbox/.12-3.tmp'])
      expect(existsSync(join(bench.workspace, path))).toBe(false);

    expect(await account(mission.id)).toEqual(before);
    expect(before.result).toBe('verified');
    const out = join(bench.dir, 'evidence');
    await bench.call('evidence.export', { mission: mission.id, out });
    expect((await bench.call('verify', { target: out })).result).toBe('verified');
    expect((await bench.call('ledger.fsck', {})).result).toBe('clean');
    expect((await bench.apply()).unchanged).toBe(true);
  });

  it('announces in the log what it removes, and nothing where there is nothing', async () => {
    await bench.apply();
    const pruned = () => {
      const log = openLog(bench.workspace, { mode: 'read' });
      try {
        return [...log.entries({ kinds: ['cache.pruning'] })].map(({ data }) => data);
      } finally {
        log.close();
      }
    };
    await bench.call('cache.prune', {});
    expect(pruned()).toEqual([]);
    await spill('a', 'bcd');
    await bench.call('cache.prune', {});
    expect(pruned()).toEqual([{ files: 2, bytes: 4 }]);
  });

  it('keeps what replaced attempts and failed missions have on record, and what a retry needs', async () => {
    bench.write(
      'script.yaml',
      `version: 1\ntasks:\n  T001: { writes: { one.md: "1" } }\n  T002:\n    attempts: [{ fails: "No." }, { fails: "No." }, { fails: "No." }, { writes: { two.md: "2" } }]\n  T003: { writes: { three.md: "3" } }\n`,
    );
    const mission = await bench.apply();
    expect(mission.state).toBe('failed');
    const before = await account(mission.id);
    await spill('x');
    rmSync(join(bench.dir, 'script.yaml'));
    expect((await bench.call('cache.prune', {})).removed.files).toBe(1);
    expect(await account(mission.id)).toEqual(before);
    const again = await bench.call('retry', { mission: mission.id });
    expect(again.state).toBe('succeeded');
    expect((await bench.call('verify', {})).result).toBe('verified');
  });

  it.each(['drain', 'stop'] as const)(
    'lets a mission go on that was cut off (%s), without doing again what had settled',
    async (how) => {
      await expect(bench.apply({ jobs: 1 }, cutAfter(2, how))).rejects.toMatchObject({ code: 'INTERRUPTED' });
      await spill('leftover');
      await bench.call('cache.prune', {});
      const { items } = await bench.call('status', { mission: 'latest' });
      const settled = new Set(items.filter(({ state }) => state === 'succeeded').map(({ id }) => id));
      const ran: string[] = [];
      const onProgress: CallContext['onProgress'] = (change) => {
        if (change.type === 'task' && change.state === 'running') ran.push(change.task);
      };
      const mission = await bench.call('resume', { mission: 'latest' }, { onProgress });
      expect(mission.state).toBe('succeeded');
      expect(settled.size).toBeGreaterThan(0);
      expect(ran.filter((task) => settled.has(task))).toEqual([]);
      expect((await bench.call('verify', {})).result).toBe('verified');
    },
  );

  it('removes the oldest first until there is room, and only what is old enough', async () => {
    await bench.apply();
    const [old, middle, young] = await spill('old', 'middle', 'young');
    const now = Date.now() / 1000;
    const days = (digest: Digest | undefined, count: number): void => {
      const path = store.pathOf(digest ?? 'sha256:');
      chmodSync(path, 0o644);
      utimesSync(path, now, now - count * 86_400);
    };
    days(old, 9);
    days(middle, 5);
    days(young, 1);
    const has = () => [old, middle, young].map((digest) => store.has(digest ?? 'sha256:'));

    const dry = await bench.call('cache.prune', { dryRun: true, olderThan: '3d' });
    expect(dry).toMatchObject({ dryRun: true, removed: { files: 2, bytes: 9 }, left: { files: 1, bytes: 5 } });
    expect(has()).toEqual([true, true, true]);

    const room = dry.store.bytes - 1;
    expect(await bench.call('cache.prune', { maxSize: String(room) })).toMatchObject({
      removed: { files: 1, bytes: 3 },
      over: 0,
    });
    expect(has()).toEqual([false, true, true]);
    await bench.call('cache.prune', { olderThan: '3d' });
    expect(has()).toEqual([false, false, true]);
    const tight = await bench.call('cache.prune', { maxSize: '1k' });
    expect(has()).toEqual([false, false, false]);
    expect(tight.over).toBe(tight.kept.bytes - 1000);
    await expect(bench.call('cache.prune', { maxSize: 'much' })).rejects.toMatchObject({ code: 'USAGE' });
    await expect(bench.call('cache.prune', { olderThan: 'long' })).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('removes nothing where the log is gone, damaged, or another process writes', async () => {
    await expect(bench.call('cache.prune', {})).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' });
    const { head } = await bench.apply();
    const [loose] = await spill('loose');
    const stays = () => expect(store.has(loose ?? 'sha256:')).toBe(true);

    let meanwhile: Promise<unknown> = Promise.resolve();
    const onProgress: CallContext['onProgress'] = ({ type }) => {
      if (type === 'mission') meanwhile = bench.call('cache.prune', {}).catch((error: unknown) => error);
    };
    await bench.apply({ force: ['work:t001'] }, { onProgress });
    expect(await meanwhile).toMatchObject({ code: 'WORKSPACE_LOCKED' });
    stays();

    const listing = store.pathOf(head ?? 'sha256:');
    const good = readFileSync(listing);
    chmodSync(listing, 0o644);
    writeFileSync(listing, 'other bytes');
    await expect(bench.call('cache.prune', {})).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    stays();
    writeFileSync(listing, good);

    const log = join(bench.workspace, 'log.db');
    const bytes = readFileSync(log);
    for (const suffix of ['', '-wal', '-shm']) rmSync(log + suffix, { force: true });
    await expect(bench.call('cache.prune', {})).rejects.toMatchObject({ code: 'WORKSPACE_NOT_FOUND' });
    expect(existsSync(log)).toBe(false);
    stays();
    writeFileSync(log, Buffer.from(bytes.toString('latin1').replaceAll('"task.started"', '"task.stbrted"'), 'latin1'));
    await expect(bench.call('cache.prune', {})).rejects.toMatchObject({ code: 'LOG_CORRUPT' });
    stays();
  });
});

const ENDS = [
  '{ writes: { F: "C" } }',
  '{ attempts: [{ fails: "No." }, { writes: { F: "C" } }] }',
  '{ fails: "Never." }',
  '{ writes: { shared.md: "C" } }',
];

describe('cache prune, after any missions', () => {
  it('takes nothing that anything needs', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            ends: fc.array(fc.nat(ENDS.length - 1), { minLength: 1, maxLength: 4 }),
            content: fc.constantFrom('a', 'b'),
            parallel: fc.boolean(),
            cut: fc.option(
              fc.record({ after: fc.integer({ min: 1, max: 6 }), how: fc.constantFrom('drain' as const, 'stop' as const) }),
            ),
          }),
          { minLength: 1, maxLength: 3 },
        ),
        fc.uniqueArray(fc.string({ minLength: 1, maxLength: 5 }), { maxLength: 3 }),
        async (runs, junk) => {
          bench.remove();
          bench = appBench();
          store = openContentStore(bench.workspace);
          for (const { ends, content, parallel, cut } of runs) {
            bench.write(
              'spec/tasks.md',
              tasksFile(
                ends.map((_, at) => `Task ${at}`),
                { parallel },
              ),
            );
            const entries = ends.map(
              (end, at) =>
                `  T${String(at + 1).padStart(3, '0')}: ${(ENDS[end] ?? '').replace('F', `f${at}.md`).replace('C', content + at)}`,
            );
            bench.write('script.yaml', `version: 1\ntasks:\n${entries.join('\n')}\n`);
            await bench.apply({}, cut === null ? {} : cutAfter(cut.after, cut.how)).catch((error: unknown) => {
              expect(error).toMatchObject({ code: 'INTERRUPTED' });
            });
          }
          await spill(...junk.map((text) => `junk ${text}`));
          mkdirSync(join(bench.workspace, 'tmp', 'x'), { recursive: true });
          const before = await account('latest');
          const view = await bench.call('cache.prune', {});
          expect(view.removed.files).toBeGreaterThanOrEqual(junk.length);
          expect(await account('latest')).toEqual(before);
          expect(await bench.call('cache.prune', {})).toMatchObject({ removed: { files: 0 }, kept: view.kept });
          expect((await bench.call('ledger.fsck', {})).result).toBe('clean');
          const { state } = await bench.call('status', { mission: 'latest' });
          if (state === 'waiting') await bench.call('resume', { mission: 'latest' });
          expect(await bench.call('verify', {})).toMatchObject({ result: 'verified', failures: [] });
        },
      ),
      { numRuns: 12 },
    );
  });
});
