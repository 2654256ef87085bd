import type { Supervision } from '../supervise.ts';

/** A command to be run: no input, no channel, nobody who hears its lines. */
export interface Command extends Pick<Supervision, 'timeoutMs' | 'outputLimit'> {
  argv: readonly [string, ...string[]];
  cwd: string;
  /** The whole environment: nothing is inherited. */
  env: Readonly<Record<string, string>>;
}
