import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { openContentStore } from '../../src/runtime/vault/content-store.ts';
import { type AppBench, appBench, SIMPLE_SCRIPT, tasksFile } from '../runtime/app/app-bench.ts';

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'spec-kit.js');
const LOOSE = 2_000;

let bench: AppBench;
beforeEach(() => {
  bench = appBench();
  bench.write('spec/tasks.md', tasksFile(['One', 'Two', 'Three']));
  bench.write('script.yaml', SIMPLE_SCRIPT);
});
afterEach(() => bench.remove());

it('cache prune, killed while it removes, is finished by doing it again', { timeout: 60_000 }, async () => {
  await bench.apply();
  const store = openContentStore(bench.workspace, { writer: true });
  const named = [...store.list()];
  await store.putMany(Array.from({ length: LOOSE }, (_, at) => Buffer.from(`loose ${at}`)));
  const count = () => [...store.list()].length;

  const env = { PATH: process.env['PATH'] ?? '', HOME: bench.dir, AGENTNEXUS_KEYS: join(bench.dir, 'keys') };
  const child = spawn(process.execPath, [BIN, 'cache', 'prune', '--workspace', bench.workspace], {
    cwd: bench.dir,
    env,
    stdio: 'ignore',
  });
  const closed = once(child, 'close');
  while (child.exitCode === null && count() === named.length + LOOSE) await wait(1);
  child.kill('SIGKILL');
  await closed;
  expect(count()).toBeLessThan(named.length + LOOSE);

  await bench.call('cache.prune', {});
  expect([...store.list()]).toEqual(named);
  expect(await bench.call('verify', {})).toMatchObject({ result: 'verified', failures: [] });
  expect(await bench.apply()).toMatchObject({ unchanged: true });
});
