import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { fsck } from '../../../src/runtime/log/fsck.ts';
import { draft, signer } from './fixed.ts';
import { tempFolder, writer } from './log-fixture.ts';

const KILLS = 15;

/**
 * Lets a process append until it is killed, `ms` after its start or, if `late`, after its first commit; how many entries it was told
 * are durable.
 */
async function killedWriter(dir: string, { width, late, ms }: { width: number; late: boolean; ms: number }): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'children/append.ts'), dir, String(width)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  const first = new Promise<void>((resolve) => {
    child.stdout.on('data', (data: Buffer) => {
      said += data.toString();
      resolve();
    });
  });
  const closed = new Promise((resolve) => child.once('close', resolve));
  if (late) await Promise.race([first, closed]);
  await sleep(ms);
  child.kill('SIGKILL');
  await closed;
  // The last line may be cut off; what stands before a newline was said in full.
  return Number(said.split('\n').at(-2) ?? 0);
}

it(`loses no acknowledged entry to kill -9, ${KILLS} times`, { timeout: 60_000 }, async () => {
  const dir = tempFolder();
  let size = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const late = kill % 3 > 0;
    const ms = Math.random() * (late ? 60 : 400);
    const acknowledged = await killedWriter(dir, { width: 1 + (kill % 4) * 8, late, ms });
    if (late) expect(acknowledged).toBeGreaterThan(size);
    const log = writer(dir);
    expect(log.size).toBeGreaterThanOrEqual(acknowledged);
    size = log.size;
    const order = [...log.entries({ from: Math.max(0, size - 50) })].every(({ seq, task }) => task === draft(seq).task);
    expect(order).toBe(true);
    log.close();
  }
  const report = fsck(dir, { verifier: signer });
  expect(report).toMatchObject({ entries: size, faults: [] });
});
