import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { checkDocuments } from './check-documents.ts';

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'spec-kit.js');
const SLOW = `version: 1\ntasks: {}\ndefault: { waits: 1500, writes: { notes.md: "# Notes\\n" } }\n`;
const STUCK = `version: 1\ntasks: {}\ndefault: { waits: 600000, writes: { notes.md: "# Notes\\n" } }\n`;

let cwd: string;
const pids = new Set<number>();
beforeEach(() => {
  cwd = realpathSync(mkdtempSync(join(tmpdir(), 'detach-')));
  write('one/tasks.md', '# Tasks: One\n\n- [ ] T001 Write notes\n');
  write('two/tasks.md', '# Tasks: Two\n\n- [ ] T001 Write notes\n');
  write('slow.yaml', SLOW);
  write('stuck.yaml', STUCK);
});
afterEach(async () => {
  for (const pid of pids) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  for (const pid of pids) while (isAlive(pid)) await wait(20);
  pids.clear();
  rmSync(cwd, { recursive: true, force: true, maxRetries: 5 });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(cwd, path)), { recursive: true });
  writeFileSync(join(cwd, path), text);
}

function isAlive(pid: number): boolean {
  try {
    // A child that nobody waits for is dead all the same.
    return process.kill(pid, 0) && !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

function start(args: readonly string[]): {
  child: ChildProcess;
  done: Promise<{ code: number | null; stdout: string; stderr: string }>;
} {
  const env = { PATH: process.env['PATH'] ?? '', HOME: cwd };
  const child = spawn(process.execPath, [BIN, ...args, '--workspace', 'ws'], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return { child, done: new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr }))) };
}

const run = async (...args: string[]) => start(args).done;

interface Shown {
  id: string;
  state: string;
  detached: { pid: number; log: string };
}

/** Detaches a mission; what is printed must be a document that its schema knows. */
async function detach(...args: string[]): Promise<Shown> {
  const { code, stdout, stderr } = await run('apply', ...args, '--detach', '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('error') });
  checkDocuments(stdout);
  const shown = JSON.parse(stdout) as Shown;
  pids.add(shown.detached.pid);
  return shown;
}

async function settled(mission: string): Promise<string> {
  for (let tries = 0; tries < 200; tries++) {
    const { state } = JSON.parse((await run('status', mission, '--json')).stdout) as Shown;
    if (state !== 'running' && state !== 'waiting') return state;
    await wait(100);
  }
  return 'still running';
}

describe.skipIf(process.platform !== 'linux')('apply --detach', () => {
  it('returns when the mission has begun, which goes on in a session of its own', { timeout: 60_000 }, async () => {
    const { id, state, detached } = await detach('one', '--agent', 'script:slow.yaml');
    expect(state).toBe('running');
    const { pid } = detached;
    expect(isAlive(pid)).toBe(true);
    // proc(5): the sixth field is the session, the seventh the terminal.
    const [, , , session, terminal] = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    expect([Number(session), Number(terminal)]).toEqual([pid, 0]);
    const streams = [0, 1, 2].map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
    expect(streams).toEqual(['/dev/null', detached.log, detached.log]);
    expect(readFileSync(`/proc/${pid}/cmdline`, 'latin1')).not.toContain('--detach');

    expect(await settled(id)).toBe('succeeded');
    for (let tries = 0; isAlive(pid) && tries < 100; tries++) await wait(50);
    expect(isAlive(pid)).toBe(false);
    const events = readFileSync(detached.log, 'utf8');
    checkDocuments(events);
    expect(events).toContain('dev.agentnexus.mission.finished');
    expect((await run('verify')).code).toBe(0);
  });

  it('says for people how to follow and to cancel it; cancelling ends it', { timeout: 60_000 }, async () => {
    const { code, stdout } = await run('apply', 'one', '--agent', 'script:stuck.yaml', '--detach');
    expect(code).toBe(0);
    const [, pid = '0'] =
      /^One: mission begun in the background, process (\d+), events in ws\/runs\/.*\.jsonl$/m.exec(stdout) ?? [];
    pids.add(Number(pid));
    const [, id = ''] = /^ {2}mission +(\S+)$/m.exec(stdout) ?? [];
    expect(stdout).toContain(
      `\nNext:\n  spec-kit logs ${id} --follow --workspace ws\n  spec-kit status ${id} --workspace ws\n  spec-kit cancel ${id}`,
    );
    expect((await run('cancel', id)).code).toBe(0);
    expect(await settled(id)).toBe('cancelled');
    for (let tries = 0; isAlive(Number(pid)) && tries < 100; tries++) await wait(50);
    expect(isAlive(Number(pid))).toBe(false);
  });

  it('survives whoever started it, and everything in their group', { timeout: 60_000 }, async () => {
    const { child, done } = start(['apply', 'one', '--agent', 'script:slow.yaml', '--detach', '--json']);
    const { stdout } = await done;
    const { id, detached } = JSON.parse(stdout) as Shown;
    pids.add(detached.pid);
    expect(() => process.kill(-(child.pid ?? 0), 'SIGHUP')).toThrow('ESRCH');
    expect(isAlive(detached.pid)).toBe(true);
    expect(await settled(id)).toBe('succeeded');
  });

  it(
    'hands the mission to the process that holds the workspace, and takes it up when that one goes',
    { timeout: 60_000 },
    async () => {
      const first = await detach('one', '--agent', 'script:slow.yaml');
      const second = await detach('two', '--agent', 'script:slow.yaml', '--require-approval', 'gate');
      expect(second.id).not.toBe(first.id);
      expect(second.detached.pid).not.toBe(first.detached.pid);
      expect(await settled(first.id)).toBe('succeeded');
      expect((await run('approve', second.id, 'gate')).code).toBe(0);
      // Its own process has gone on with it, or it waits for whoever says `resume`.
      await run('resume', second.id);
      expect(await settled(second.id)).toBe('succeeded');
      expect((await run('ledger', 'fsck')).code).toBe(0);
    },
  );

  it('says what is wrong before there is a mission, as ever', { timeout: 60_000 }, async () => {
    const none = await run('apply', 'none', '--detach');
    expect(none).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('error[BUNDLE_NOT_FOUND]') });
    expect(existsSync(join(cwd, 'ws'))).toBe(false);
    write(
      'prompt.json',
      JSON.stringify({
        id: '0199a3c2-7d10-7aaa-8bbb-0123456789ab',
        objective: 'Notes',
        priority: 'P1',
        originatingSpec: 'one',
        createdAt: '2026-05-01T10:00:00Z',
      }),
    );
    const { id } = await detach('--prompt', 'prompt.json', '--agent', 'script:slow.yaml');
    expect(id).toBe('0199a3c2-7d10-7aaa-8bbb-0123456789ab');
    expect(await settled(id)).toBe('succeeded');
    const again = await run('apply', '--prompt', 'prompt.json', '--agent', 'script:slow.yaml', '--detach');
    expect(again).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('error[MISSION_EXISTS]') });
    // Nothing to do is said at once, and starts nothing.
    const same = await run('apply', 'one', '--agent', 'script:slow.yaml', '--detach');
    expect(same).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing to do') });
  });
});
