import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';

import type { execa as Execa } from 'execa';

import { cannotStart } from './cannot-start.ts';
import { type GroupLeader, type ProcessExit, type ProcessResult, supervise, type Supervision } from './supervise.ts';

export type { ProcessResult } from './supervise.ts';

export interface ProcessOptions extends Supervision {
  cwd: string;
  /** The whole environment: nothing is inherited. See `cleanEnvironment`. */
  env: Readonly<Record<string, string>>;
  /** Written to stdin, which is then closed; without it stdin is empty. */
  input?: string;
  /** Hears the id of the process, which is that of its group too, once it runs. */
  onStart?: (pid: number) => void;
  /** Opens a further pipe to the process, its file descriptor 3, and hears each line written to it. */
  onChannel?: (line: string) => void;
}

/**
 * Runs a program and waits for it; never a shell. The process leads a group of its own, and the whole group is killed when it ends,
 * for whatever reason, and when we end, so that nothing it started goes on (what moved itself to another session escapes this: that
 * is the sandbox's to stop). A bad exit is a result, not an error; throws `TOOL_MISSING` if the program cannot be started. The only
 * place of the project that starts processes, with `runLight`, which does the same for many short ones, and `openProcess` beside it.
 */
export async function runProcess(argv: readonly [string, ...string[]], options: ProcessOptions): Promise<ProcessResult> {
  // Most commands start no process, and this takes 10 ms to load.
  const { execa } = await import('execa');
  const child = launch(execa, argv, options);
  if (child.pid !== undefined) options.onStart?.(child.pid);
  return supervise(leaderOf(child, argv[0]), options);
}

/**
 * The environment of a process that must learn nothing from ours: our own Node on PATH, a home and a temporary folder inside `home`
 * (made here), a fixed locale and time zone.
 */
export function cleanEnvironment(home: string): Record<string, string> {
  const temp = join(home, 'tmp');
  mkdirSync(temp, { recursive: true });
  return { PATH: dirname(process.execPath), HOME: home, TMPDIR: temp, LANG: 'C.UTF-8', TZ: 'UTC', NO_COLOR: '1' };
}

type Child = ReturnType<typeof launch>;

function launch(execa: typeof Execa, [file, ...args]: readonly [string, ...string[]], options: ProcessOptions) {
  const child = execa(file, args, {
    cwd: options.cwd,
    env: { ...options.env },
    extendEnv: false,
    killDescendants: true,
    buffer: false,
    reject: false,
    windowsHide: true,
    stdio: ['pipe', 'pipe', 'pipe', options.onChannel === undefined ? 'ignore' : 'pipe'],
  });
  // A process that does not read its input closes the pipe under us; that is its right.
  child.stdin?.on('error', () => {});
  child.stdin?.end(options.input ?? '');
  return child;
}

function leaderOf(child: Child, file: string): GroupLeader {
  const [stdout, stderr, channel] = outputs(child);
  return { stdout, stderr, channel, kill: () => void child.kill('SIGKILL'), exit: exitOf(child, file) };
}

/** stdout, stderr and the channel. */
function outputs(child: Child): (Readable | undefined)[] {
  return child.stdio.slice(1, 4).map((stream) => (stream === null || stream === undefined ? undefined : (stream as Readable)));
}

function exitOf(child: Child, file: string): Promise<ProcessExit> {
  const exited = new Promise<ProcessExit>((resolve) => {
    child.nodeChildProcess.once('exit', (code, signal) => resolve({ code: code ?? undefined, signal: signal ?? undefined }));
  });
  const settled = child.then((result) => {
    if (result.exitCode !== undefined || result.signal !== undefined) return { code: result.exitCode, signal: result.signal };
    throw cannotStart(file, { code: result.code, cause: result.cause ?? result.originalMessage });
  });
  return Promise.race([exited, settled]);
}
