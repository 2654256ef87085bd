import type { ProcessResult, Supervision } from '../supervise.ts';

/** A command to be run: no input, no channel, nobody who hears its lines. */
export interface Command extends Pick<Supervision, 'timeoutMs' | 'outputLimit'> {
  argv: readonly [string, ...string[]];
  cwd: string;
  /** The whole environment: nothing is inherited. */
  env: Readonly<Record<string, string>>;
}

/** What a launcher is told, a line of JSON each: to run a command, or to end it. `id` is new for each command. */
export type Order = { id: number; command: Command } | { id: number; abort: true };

/** What a launcher says of a command when it is over; `failed`: it could not be started, and what the system calls that. */
export type Answer =
  | { id: number; result: ProcessResult }
  | { id: number; failed: { code: string | undefined; message: string } };
