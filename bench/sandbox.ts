import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createOpenSandbox } from '../src/runtime/workspace/sandbox/open-sandbox.ts';
import { NOBODY, prepareFolders } from '../src/runtime/workspace/sandbox/prepare-folders.ts';
import { DEFAULT_LIMITS, type Sandbox } from '../src/runtime/workspace/sandbox/sandbox.ts';
import { createSrtSandbox } from '../src/runtime/workspace/sandbox/srt-sandbox.ts';
import { runProcess } from '../src/runtime/workspace/process.ts';
import { type BenchRow, median, row } from './bench-row.ts';

const ROUNDS = 15;

/** What a process that does nothing takes with walls around it, from being asked for to being gone, beside the bare process. */
export async function benchSandbox(): Promise<BenchRow[]> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'bench-sandbox-')));
  const [workspace, home, temp] = ['workspace', 'home', 'tmp'].map((name) => join(root, name)) as [string, string, string];
  for (const folder of [workspace, home, temp]) mkdirSync(folder);
  if (process.geteuid?.() === 0) prepareFolders([root], NOBODY);
  const env = { PATH: '/usr/bin:/bin', HOME: home };
  const place = { workspace, home, temp, read: [], denyRead: [], denyWrite: [], hosts: [], env, limits: DEFAULT_LIMITS };
  const nothing = async (sandbox: Sandbox) => {
    const child = await sandbox.start(['true'], place, new AbortController().signal);
    child.stdout.resume();
    const { ended, code } = await child.ended;
    if (ended !== 'exited' || code !== 0) throw new Error(`${sandbox.name}: ${ended} ${code} ${child.stderr()}`);
  };
  const [srt, open] = [createSrtSandbox(), createOpenSandbox()];
  const usable = (await srt.missing()).length === 0;
  const cases: Record<string, () => Promise<unknown>> = {
    'bare process': () => runProcess(['true'], { cwd: workspace, env, timeoutMs: 10_000 }),
    'without walls': () => nothing(open),
    ...(usable
      ? {
          'with walls': () => nothing(srt),
          'with walls, the first of its kind': () => nothing(createSrtSandbox()),
        }
      : {}),
  };
  const samples = new Map(Object.keys(cases).map((name) => [name, [] as number[]]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, run] of Object.entries(cases)) {
      const start = performance.now();
      await run();
      if (round > 0) samples.get(name)?.push(performance.now() - start);
    }
  }
  rmSync(root, { recursive: true, force: true });
  const baseline = median(samples.get('bare process') ?? []);
  const goals: Record<string, string> = { 'without walls': 'at most 30 ms', 'with walls': 'at most 300 ms' };
  return [...samples].map(([name, times]) => {
    const goal = goals[name];
    return row(name, { value: median(times), baseline, ...(goal === undefined ? {} : { goal }) });
  });
}
