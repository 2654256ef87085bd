import type { Command } from './launcher/command.ts';
import type { Launcher } from './launcher/launcher.ts';
import { startLauncher } from './launcher/start-launcher.ts';
import { runProcess } from './process.ts';
import type { ProcessResult } from './supervise.ts';

/** That of this process. */
let launcher: Promise<Launcher> | undefined;

/**
 * As `runProcess`, for short commands, of which there may be thousands. On Linux Node.js forks, which takes the longer the larger a process is, and holds
 * up all else in it: 5 ms with 150 MB. So a small process does it, which also sees to it that a command does not outlive us, whatever ends us.
 */
export async function runLight(command: Command, signal: AbortSignal): Promise<ProcessResult> {
  const { argv, ...options } = command;
  if (process.platform !== 'linux') return runProcess(argv, { ...options, signal });
  return (await livingLauncher()).run(command, signal);
}

/** Has the small process started now, so that it is ready when the first command comes: it takes longer than a command. */
export function expectCommands(): void {
  if (process.platform === 'linux') launcher ??= startLauncher();
}

async function livingLauncher(): Promise<Launcher> {
  const known = (launcher ??= startLauncher());
  if (!(await known).ended) return known;
  // Others may have found the same meanwhile, and started another.
  if (launcher === known) launcher = undefined;
  return livingLauncher();
}
