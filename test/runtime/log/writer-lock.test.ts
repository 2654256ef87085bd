import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { openLog } from '../../../src/runtime/log/log.ts';
import { lockWorkspace, readLockHolder } from '../../../src/runtime/log/writer-lock.ts';
import { clock, drafts } from './fixed.ts';
import { tempFolder, writer } from './log-fixture.ts';

/** A process that opens the log for writing, and what came of it. */
async function holder(dir: string): Promise<{ child: ChildProcess; outcome: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'children/hold.ts'), dir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const outcome = await new Promise<string>((resolve) =>
    child.stdout.once('data', (data: Buffer) => resolve(data.toString().trim())),
  );
  return { child, outcome };
}

const ended = (child: ChildProcess) => new Promise((resolve) => child.once('exit', resolve));

describe('the writer lock', () => {
  it('goes to exactly one of several processes that start at once', async () => {
    const dir = tempFolder();
    const all = await Promise.all([holder(dir), holder(dir), holder(dir), holder(dir)]);
    expect(all.map(({ outcome }) => outcome).toSorted()).toEqual([
      'WORKSPACE_LOCKED',
      'WORKSPACE_LOCKED',
      'WORKSPACE_LOCKED',
      'open',
    ]);
  });

  it('names its holder, lets readers in, and is free as soon as the holder is killed', async () => {
    const dir = tempFolder();
    const { child } = await holder(dir);
    expect(() => writer(dir)).toThrow(
      expect.objectContaining({
        code: 'WORKSPACE_LOCKED',
        message: expect.stringContaining(`Process ${child.pid} (hold.ts`),
        details: expect.objectContaining({ pid: child.pid }),
      }),
    );
    expect(openLog(dir, { mode: 'read' }).size).toBe(0);
    child.kill('SIGKILL');
    await ended(child);
    expect(readLockHolder(dir)).toBeUndefined();
    const log = writer(dir);
    await log.append(drafts(1));
    expect(log.size).toBe(1);
  });

  it('holds within one process too, and is given back by close', () => {
    const dir = tempFolder();
    const log = writer(dir);
    expect(() => writer(dir)).toThrow(`Process ${process.pid}`);
    log.close();
    expect(existsSync(join(dir, 'lock.json'))).toBe(false);
    writer(dir).close();
  });

  it('survives release twice and a damaged lock.json', () => {
    const dir = tempFolder();
    const lock = lockWorkspace(dir, clock);
    expect(JSON.parse(readFileSync(join(dir, 'lock.json'), 'utf8'))).toMatchObject({
      pid: process.pid,
      startedAt: '2026-01-02T03:04:05.006Z',
    });
    writeFileSync(join(dir, 'lock.json'), '{"pid": "x');
    expect(() => lockWorkspace(dir, clock)).toThrow('Another process is writing');
    lock.release();
    lock.release();
    lockWorkspace(dir, clock).release();
  });

  it('is given back when opening fails', () => {
    const dir = tempFolder();
    writeFileSync(join(dir, 'log.db'), 'garbage');
    expect(() => writer(dir)).toThrow(expect.objectContaining({ code: 'WORKSPACE_CORRUPT' }));
    lockWorkspace(dir, clock).release();
  });
});
