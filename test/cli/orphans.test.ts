import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it, onTestFinished } from 'vitest';

import { orphansIn } from '../../src/runtime/workspace/orphans.ts';
import { folderWith, specKit, tasksFile } from './spec-kit-process.ts';

const script = (run: string): string => `version: 1\ntasks: {}\ndefault: { run: ${run} }\n`;

/** How a command that outlives its writer may hide. */
const LONG: Record<string, string> = {
  'a command': "[sleep, '1000']",
  'what left its session': "[sh, -c, 'setsid sleep 1000 & wait']",
  'what dropped its environment': "[sh, -c, 'env -i sleep 1000 & wait']",
};

/** Processes that it has started itself. */
const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);

const folder = (long: string): string =>
  folderWith({
    'long/tasks.md': tasksFile('Long', 1),
    'long.yaml': script(long),
    'short/tasks.md': tasksFile('Short', 1),
    'short.yaml': script('[touch, made.md]'),
  });

/** Starts the long task of a workspace; its processes, once they are there. */
async function started(
  cwd: string,
): Promise<{ kill: () => Promise<void>; killAll: () => Promise<void>; running: () => number[] }> {
  const apply = specKit(cwd, 'apply', 'long', '--agent', 'script:long.yaml');
  const running = (): number[] => orphansIn(join(cwd, 'ws', 'tmp'));
  onTestFinished(() => {
    for (const pid of running()) process.kill(pid, 'SIGKILL');
  });
  await apply.says('start   work:t001');
  while (running().length === 0) await sleep(20);
  // A shell takes a moment to start what it was told to.
  await sleep(200);
  const kill = async (): Promise<void> => {
    apply.child.kill('SIGKILL');
    await apply.ended;
  };
  return {
    running,
    kill,
    // Stopped first, so that it does not hear of the end of what it has started.
    async killAll() {
      apply.child.kill('SIGSTOP');
      for (const pid of childrenOf(apply.child.pid ?? 0)) process.kill(pid, 'SIGKILL');
      await kill();
    },
  };
}

describe.skipIf(!existsSync('/proc/self/environ'))('what a killed writer had started', () => {
  it.each(Object.keys(LONG))("is ended by the next one, and no other workspace's: %s", { timeout: 60_000 }, async (how) => {
    const [mine, other] = [folder(LONG[how] ?? ''), folder(LONG[how] ?? '')];
    const [dead, alive] = [await started(mine), await started(other)];
    const others = alive.running();
    await dead.killAll();
    expect(dead.running().length).toBeGreaterThan(0);
    expect(await specKit(mine, 'apply', 'short', '--agent', 'script:short.yaml').ended).toMatchObject({ code: 0 });
    expect(dead.running()).toEqual([]);
    expect(alive.running()).toEqual(others);
  });

  it('does not outlive the writer, as far as it is still in its group', { timeout: 60_000 }, async () => {
    const [command, escaped] = [
      await started(folder(LONG['what dropped its environment'] ?? '')),
      await started(folder(LONG['what left its session'] ?? '')),
    ];
    await Promise.all([command.kill(), escaped.kill()]);
    while (command.running().length > 0) await sleep(20);
    expect(escaped.running().length).toBe(1);
  });
});
