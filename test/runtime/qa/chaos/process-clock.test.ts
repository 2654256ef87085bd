import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ProcessClock, skewOf } from '../../../../src/runtime/qa/chaos/process-clock.ts';
import { runProcess } from '../../../../src/runtime/workspace/process.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qa-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What a program of Node.js says under the clock. */
async function said(clock: ProcessClock, program: string): Promise<string> {
  const env = { ...clock.env, PATH: process.env['PATH'] ?? '' };
  return (await runProcess([process.execPath, '-e', program], { cwd: folder, env, timeoutMs: 30_000 })).stdout.trim();
}

describe('the clock of a program of Node.js', () => {
  it('is wrong in all that goes by the time of day, and in nothing else', async () => {
    const clock = new ProcessClock('node', folder, null);
    clock.set(skewOf('+1d'));
    const told = await said(
      clock,
      `const day = 86400000, real = performance.timeOrigin + performance.now();
       const near = (ms) => Math.abs(ms - real - day) < 60000;
       class Own extends Date {}
       console.log(JSON.stringify([near(Date.now()), near(+new Date()), near(Date.parse(Date())), near(+new Own()), +new Date(5), new Date() instanceof Date, Date.UTC(1970, 0, 1)]))`,
    );
    expect(JSON.parse(told)).toEqual([true, true, true, true, 5, true, 0]);
  });

  it('is no other program’s without libfaketime', () => {
    expect(() => new ProcessClock('/usr/bin/redis-server', folder, null)).toThrow(/libfaketime alone/);
  });
});

describe('a skew', () => {
  it.each([
    ['+1h', 3600],
    ['-30m', -1800],
    ['+1.5s', 1.5],
    ['-2d', -172_800],
    ['+250ms', 0.25],
  ])('%s is %d seconds', (text, seconds) => {
    expect(skewOf(text)).toBe(seconds);
  });
});
