import { ticks } from '../../base/clock.ts';
import { CappedOutput, type LineSplitter, lineSplitter } from './capped-output.ts';

/** How long a process may go on, and who hears of it. */
export interface Supervision {
  /** Wall clock, milliseconds. */
  timeoutMs: number;
  /** Milliseconds without a line on the channel after which the process counts as stuck. */
  stallMs?: number;
  /** Characters kept of stdout and of stderr each; default 262,144. What is over is read and dropped, never buffered. */
  outputLimit?: number;
  signal?: AbortSignal;
  onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Takes stdout as it comes, all of it; nothing of it is kept then. */
  onBytes?: (chunk: Uint8Array) => void;
  /** Hears each line on the channel, a further pipe. */
  onChannel?: (line: string) => void;
}

/** What a process says, as it comes: a stream, or as much of one as is needed here. */
export interface Output {
  on(event: 'data', hear: (chunk: Buffer) => void): unknown;
  on(event: 'close' | 'error', hear: () => void): unknown;
  destroy(): unknown;
}

/** A process that leads a group of its own, just started. */
export interface GroupLeader {
  stdout: Output | undefined;
  stderr: Output | undefined;
  channel?: Output | undefined;
  /** Kills all that is left of the group. */
  kill: () => unknown;
  /** The end of the process itself, which may come long before the end of its pipes. Rejects if it could not be started. */
  exit: Promise<ProcessExit>;
}

export interface ProcessExit {
  /** Exit code when it `exited`. */
  code: number | undefined;
  /** Name of the signal that ended it, whoever sent it. */
  signal: string | undefined;
}

/** Why a process is no longer there. `signalled`: somebody else killed it, the system's memory guard for one. */
export type ProcessEnd = 'exited' | 'signalled' | 'timeout' | 'stalled' | 'aborted';

export interface ProcessResult extends ProcessExit {
  ended: ProcessEnd;
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

/** Waits for the end of a process, brings it about where it is due, and kills what the process has left behind in its group. */
export async function supervise(child: GroupLeader, options: Supervision): Promise<ProcessResult> {
  const started = ticks();
  const stop = armStop(child, options);
  const output = collect(child, options, stop.moved);
  try {
    const exit = await child.exit;
    const ended = stop.reason() ?? (exit.signal === undefined ? 'exited' : 'signalled');
    child.kill();
    await output.closed(options.onBytes === undefined ? PIPE_GRACE_MS : BYTES_GRACE_MS);
    return { ended, ...exit, ...output.read(), durationMs: ticks() - started };
  } finally {
    stop.disarm();
    for (const stream of [child.stdout, child.stderr, child.channel]) stream?.destroy();
  }
}

/** Kills the group for the first of: time out, stall, abort; and remembers which it was. */
function armStop(child: GroupLeader, { timeoutMs, stallMs, signal }: Supervision) {
  let reason: ProcessEnd | undefined;
  const stop = (why: ProcessEnd) => {
    reason ??= why;
    child.kill();
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

function collect(child: GroupLeader, options: Supervision, moved: () => void) {
  const { outputLimit = DEFAULT_OUTPUT_LIMIT, onLine, onBytes, onChannel } = options;
  const stdout = new CappedOutput(outputLimit);
  const stderr = new CappedOutput(outputLimit);
  const lines = (name: 'stdout' | 'stderr') => onLine && lineSplitter((line) => onLine(line, name), OUTPUT_LINE_LIMIT);
  const heard = (line: string) => {
    moved();
    onChannel?.(line);
  };
  const streams = new OpenStreams();
  if (onBytes === undefined) streams.drain(child.stdout, stdout, lines('stdout'));
  else streams.follow(child.stdout, onBytes);
  streams.drain(child.stderr, stderr, lines('stderr'));
  if (child.channel) streams.drain(child.channel, new CappedOutput(0), lineSplitter(heard, CHANNEL_LINE_LIMIT));
  return {
    closed: (ms: number) => streams.closed(ms),
    read: () => ({ stdout: stdout.text(), stderr: stderr.text(), truncated: stdout.truncated || stderr.truncated }),
  };
}

/** Streams of a process that somebody may still write to. */
class OpenStreams {
  readonly #open = new Set<Output>();
  #allClosed: (() => void) | undefined;

  follow(stream: Output | undefined, hear: (chunk: Buffer) => void, ended?: () => void): void {
    if (stream === undefined) return;
    this.#open.add(stream);
    stream.on('data', hear);
    const end = (): void => {
      if (!this.#open.delete(stream)) return;
      ended?.();
      if (this.#open.size === 0) this.#allClosed?.();
    };
    stream.on('close', end);
    stream.on('error', end);
  }

  drain(stream: Output | undefined, into: CappedOutput, lines?: LineSplitter): void {
    this.follow(
      stream,
      (chunk) => {
        const text = into.add(chunk);
        lines?.add(text);
      },
      () => lines?.end(),
    );
  }

  /** Waits for the end of all, but not for longer than this. */
  async closed(ms: number): Promise<void> {
    if (this.#open.size === 0) return;
    const closed = new Promise<void>((resolve) => {
      this.#allClosed = resolve;
    });
    await withinGrace(closed, ms);
  }
}

/** Waits for it, but not for longer than this. */
export async function withinGrace(closed: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const grace = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([closed, grace]);
  clearTimeout(timer);
}
