/**
 * What `launcher.py` does, where there is no Python. To start a process is to copy the one that starts it, page by page, so this one is small.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';

import { type Frame, frame, frameSplitter, NEWS, ORDER } from './frames.ts';

const running = new Map<number, ChildProcess>();
/** Those whose leader lives. */
const led = new Map<number, number>();

const link = new Socket({ fd: 3 });
link.on('data', frameSplitter(obey));
link.on('error', () => undefined);
link.once('close', () => {
  for (const leader of led.values()) killGroup(leader);
  process.exit();
});
tell(NEWS.ready, 0);

function obey({ letter, id, body }: Frame): void {
  if (letter === ORDER.run) return start(id, body.toString().split('\0'));
  const leader = led.get(id);
  if (leader !== undefined) killGroup(leader);
  else for (const stream of streamsOf(running.get(id))) stream.destroy();
}

function start(id: number, [cwd, count, ...rest]: string[]): void {
  const [file = '', ...args] = rest.splice(0, Number(count));
  try {
    const child = spawn(file, args, { cwd, env: environment(rest), detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    child.once('error', (error) => tell(NEWS.failed, id, numberOf(error)));
    if (child.pid !== undefined) follow(id, child, child.pid);
  } catch (error) {
    tell(NEWS.failed, id, numberOf(error));
  }
}

function follow(id: number, child: ChildProcess, leader: number): void {
  running.set(id, child);
  led.set(id, leader);
  child.stdout?.on('data', (bytes: Buffer) => tell(NEWS.stdout, id, bytes));
  child.stderr?.on('data', (bytes: Buffer) => tell(NEWS.stderr, id, bytes));
  child.once('exit', (code, signal) => {
    killGroup(leader);
    led.delete(id);
    tell(NEWS.ended, id, String(signal === null ? (code ?? 0) << 8 : constants.signals[signal]));
  });
  child.once('close', () => {
    running.delete(id);
    tell(NEWS.closed, id);
  });
}

function streamsOf(child: ChildProcess | undefined): Readable[] {
  return [child?.stdout, child?.stderr].flatMap((stream) => stream ?? []);
}

function environment(entries: readonly string[]): Record<string, string> {
  return Object.fromEntries(entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]));
}

/** The system's number; libuv has it negative. */
function numberOf(error: unknown): string {
  return String(-((error as NodeJS.ErrnoException).errno ?? -constants.errno.EINVAL));
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}

function tell(letter: string, id: number, body?: string | Uint8Array): void {
  link.write(frame(letter, id, body));
}
