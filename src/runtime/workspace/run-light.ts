import { availableParallelism } from 'node:os';

import type { Command } from './launcher/message.ts';
import { Launcher } from './launcher/launcher.ts';
import { runProcess } from './process.ts';
import type { ProcessResult } from './supervise.ts';

/** Two start more commands a second than the log takes tasks. */
const MOST = Math.min(2, availableParallelism());

/** Those of this process; each begun when all that are there have work. */
const launchers: Launcher[] = [];

/**
 * As `runProcess`, for short commands, of which there may be thousands. On Linux Node.js forks, which takes the longer the larger a process is, and holds
 * up all else in it: 5 ms with 150 MB. So small processes do it, which also see to it that a command does not outlive us, whatever ends us.
 */
export async function runLight(command: Command, signal: AbortSignal): Promise<ProcessResult> {
  const { argv, ...options } = command;
  if (process.platform !== 'linux') return runProcess(argv, { ...options, signal });
  return idleLauncher().run(command, signal);
}

function idleLauncher(): Launcher {
  const alive = launchers.filter(({ ended }) => !ended).toSorted((a, b) => a.load - b.load);
  launchers.splice(0, launchers.length, ...alive);
  const [first] = launchers;
  if (first !== undefined && (first.load === 0 || launchers.length >= MOST)) return first;
  const fresh = new Launcher();
  launchers.push(fresh);
  return fresh;
}
