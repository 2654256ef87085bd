import type { Duplex, Readable, Writable } from 'node:stream';

import { execa } from 'execa';

import { cannotStart } from './cannot-start.ts';
import type { ProcessExit } from './supervise.ts';

/** A process that is spoken to while it runs, and may become another one. */
export interface OpenProcess {
  pid: number;
  stdin: Writable;
  stdout: Readable;
  stderr: Readable;
  /** Its file descriptor 3, both ways. */
  channel: Duplex;
  /** Its file descriptor 4, both ways. */
  records: Duplex;
  /** How the process itself ended, whoever still holds its pipes. Rejects with `TOOL_MISSING` if it never started. */
  exited: Promise<ProcessExit>;
  /** Ends its group. */
  kill(): void;
  /** Whether our own end waits for it; at first it does. */
  hold(held: boolean): void;
}

interface OpenOptions {
  cwd: string;
  /** The whole environment. */
  env: Readonly<Record<string, string>>;
  /** Whom it runs as, which takes root. */
  user?: { uid: number; gid: number };
}

/** Starts a program and leaves it to the caller, in a group of its own that ends when we do. What holds it to limits is `supervise` of the sandbox. */
export function openProcess([file, ...args]: readonly [string, ...string[]], { cwd, env, user }: OpenOptions): OpenProcess {
  const child = execa(file, args, {
    cwd,
    env: { ...env },
    extendEnv: false,
    killDescendants: true,
    buffer: false,
    reject: false,
    windowsHide: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
    ...user,
  });
  const [channel, records] = [child.stdio[3] as Duplex, child.stdio[4] as Duplex];
  const streams = [child.stdin, child.stdout, child.stderr, channel, records];
  // Whoever is spoken to may be gone: `exited` tells.
  for (const stream of streams) stream.on('error', () => {});
  const exit = new Promise<ProcessExit>((resolve) => {
    child.nodeChildProcess.once('exit', (code, signal) => resolve({ code: code ?? undefined, signal: signal ?? undefined }));
  });
  const started = child.then((result): ProcessExit => {
    if (result.exitCode !== undefined || result.signal !== undefined) return { code: result.exitCode, signal: result.signal };
    throw cannotStart(file, { code: result.code, cause: result.cause ?? result.originalMessage });
  });
  return {
    pid: child.pid ?? 0,
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    channel,
    records,
    exited: Promise.race([exit, started]),
    kill: () => child.kill('SIGKILL'),
    hold: (held) => {
      for (const each of [child.nodeChildProcess, ...streams] as { ref?(): void; unref?(): void }[])
        each[held ? 'ref' : 'unref']?.();
    },
  };
}
