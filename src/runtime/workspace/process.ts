import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';

import { execa } from 'execa';

import { NexusError } from '../../base/errors.ts';
import { CappedOutput, type LineSplitter, lineSplitter } from './capped-output.ts';

export interface ProcessOptions {
  cwd: string;
  /** The whole environment: nothing is inherited. See `cleanEnvironment`. */
  env: Readonly<Record<string, string>>;
  /** Wall clock, milliseconds. */
  timeoutMs: number;
  /** Milliseconds without a line on the channel after which the process counts as stuck. */
  stallMs?: number;
  /** Characters kept of stdout and of stderr each; default 262,144. What is over is read and dropped, never buffered. */
  outputLimit?: number;
  /** Written to stdin, which is then closed; without it stdin is empty. */
  input?: string;
  signal?: AbortSignal;
  onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Takes stdout as it comes, all of it; nothing of it is kept then. */
  onBytes?: (chunk: Uint8Array) => void;
  /** Opens a further pipe to the process, its file descriptor 3, and hears each line written to it. */
  onChannel?: (line: string) => void;
}

/** Why a process is no longer there. `signalled`: somebody else killed it, the system's memory guard for one. */
export type ProcessEnd = 'exited' | 'signalled' | 'timeout' | 'stalled' | 'aborted';

export interface ProcessResult {
  ended: ProcessEnd;
  /** Exit code when it `exited`. */
  code: number | undefined;
  /** Name of the signal that ended it, whoever sent it. */
  signal: string | undefined;
  stdout: string;
  stderr: string;
  /** Some output was left out of `stdout` or `stderr`. */
  truncated: boolean;
  durationMs: number;
}

/** After the process is gone, how long to wait for whoever still holds its pipes. */
const PIPE_GRACE_MS = 250;

/** The same where every byte counts. */
const BYTES_GRACE_MS = 30_000;

const DEFAULT_OUTPUT_LIMIT = 262_144;

/** Characters of one line of output that are handed on. */
const OUTPUT_LINE_LIMIT = 16_384;

/** The channel carries records, which must arrive whole. */
const CHANNEL_LINE_LIMIT = 64 * 1024 * 1024;

/**
 * Runs a program and waits for it; never a shell. The process leads a group of its own, and the whole group is killed when it ends,
 * for whatever reason, and when we end, so that nothing it started goes on (what moved itself to another session escapes this: that
 * is the sandbox's to stop). A bad exit is a result, not an error; throws `TOOL_MISSING` if the program cannot be started. The only
 * place of the project that starts processes.
 */
export async function runProcess(argv: readonly [string, ...string[]], options: ProcessOptions): Promise<ProcessResult> {
  const started = performance.now();
  const child = launch(argv, options);
  const stop = armStop(child, options);
  const output = collect(child, options, stop.moved);
  try {
    const exit = await exitOf(child, argv[0]);
    const ended = stop.reason() ?? (exit.signal === undefined ? 'exited' : 'signalled');
    child.kill('SIGKILL');
    await Promise.race([output.closed, pause(options.onBytes === undefined ? PIPE_GRACE_MS : BYTES_GRACE_MS)]);
    return { ended, ...exit, ...output.read(), durationMs: performance.now() - started };
  } finally {
    stop.disarm();
    for (const stream of outputs(child)) stream?.destroy();
  }
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

function launch([file, ...args]: readonly [string, ...string[]], options: ProcessOptions) {
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

/** Kills the group for the first of: time out, stall, abort; and remembers which it was. */
function armStop(child: Child, { timeoutMs, stallMs, signal }: ProcessOptions) {
  let reason: ProcessEnd | undefined;
  const stop = (why: ProcessEnd) => {
    reason ??= why;
    child.kill('SIGKILL');
  };
  const abort = () => stop('aborted');
  const limit = setTimeout(() => stop('timeout'), timeoutMs);
  const stall = stallMs === undefined ? undefined : setTimeout(() => stop('stalled'), stallMs);
  signal?.addEventListener('abort', abort);
  if (signal?.aborted === true) abort();
  return {
    reason: () => reason,
    moved: () => stall?.refresh(),
    disarm() {
      clearTimeout(limit);
      clearTimeout(stall);
      signal?.removeEventListener('abort', abort);
    },
  };
}

function collect(child: Child, options: ProcessOptions, moved: () => void) {
  const { outputLimit = DEFAULT_OUTPUT_LIMIT, onLine, onBytes, onChannel } = options;
  const [out, err, channel] = outputs(child);
  const stdout = new CappedOutput(outputLimit);
  const stderr = new CappedOutput(outputLimit);
  const lines = (name: 'stdout' | 'stderr') => onLine && lineSplitter((line) => onLine(line, name), OUTPUT_LINE_LIMIT);
  const heard = (line: string) => {
    moved();
    onChannel?.(line);
  };
  const ends = [
    onBytes === undefined ? drain(out, stdout, lines('stdout')) : handOn(out, onBytes),
    drain(err, stderr, lines('stderr')),
    drain(channel, new CappedOutput(0), lineSplitter(heard, CHANNEL_LINE_LIMIT)),
  ];
  return {
    closed: Promise.all(ends),
    read: () => ({ stdout: stdout.text(), stderr: stderr.text(), truncated: stdout.truncated || stderr.truncated }),
  };
}

/** stdout, stderr and the channel. */
function outputs(child: Child): (Readable | undefined)[] {
  return child.stdio.slice(1, 4).map((stream) => (stream === null || stream === undefined ? undefined : (stream as Readable)));
}

function handOn(stream: Readable | undefined, onBytes: (chunk: Uint8Array) => void): Promise<void> {
  if (stream === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    stream.on('data', (chunk: Uint8Array) => onBytes(chunk));
    for (const end of ['end', 'close', 'error']) stream.once(end, () => resolve());
  });
}

function drain(stream: Readable | undefined, into: CappedOutput, lines?: LineSplitter): Promise<void> {
  if (stream === undefined) return Promise.resolve();
  stream.on('data', (chunk: Buffer) => {
    const text = into.add(chunk);
    lines?.add(text);
  });
  return new Promise((resolve) => {
    const done = () => {
      lines?.end();
      resolve();
    };
    stream.once('close', done);
    stream.once('error', done);
  });
}

/** The end of the process itself, which may come long before the end of its pipes. */
function exitOf(child: Child, file: string): Promise<{ code: number | undefined; signal: string | undefined }> {
  const exited = new Promise<{ code: number | undefined; signal: string | undefined }>((resolve) => {
    child.nodeChildProcess.once('exit', (code, signal) => resolve({ code: code ?? undefined, signal: signal ?? undefined }));
  });
  const settled = child.then((result) => {
    if (result.exitCode !== undefined || result.signal !== undefined) return { code: result.exitCode, signal: result.signal };
    throw new NexusError('TOOL_MISSING', `Cannot start ${file}.`, {
      hint: 'Install it, or run `spec-kit doctor` to see what is missing.',
      details: { file, systemCode: result.code },
      cause: result.cause ?? result.originalMessage,
    });
  });
  return Promise.race([exited, settled]);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
