import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

import { NexusError } from '../../base/errors.ts';

export interface DetachedProcess {
  pid: number;
  /** How it has ended, once it has. */
  ended(): { code: number | null; signal: NodeJS.Signals | null } | undefined;
  /** Stop watching it, so that we may end before it does. */
  release(): void;
}

/**
 * Starts a program in a session of its own: no terminal, whose hanging up or Ctrl-C it would hear, no input, and none of our files but the new `output`, which takes
 * what it prints. Working folder and environment are ours. Throws `TOOL_MISSING` if it cannot be started.
 */
export async function startDetached(
  argv: readonly [string, ...string[]],
  { output, cwd }: { output: string; cwd: string },
): Promise<DetachedProcess> {
  mkdirSync(dirname(output), { recursive: true });
  const file = openSync(output, 'ax', 0o600);
  try {
    const [program, ...args] = argv;
    const child = spawn(program, args, { cwd, detached: true, stdio: ['ignore', file, file], windowsHide: true });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    return {
      pid: child.pid ?? 0,
      ended: () =>
        child.exitCode === null && child.signalCode === null ? undefined : { code: child.exitCode, signal: child.signalCode },
      release: () => child.unref(),
    };
  } catch (error) {
    throw new NexusError('TOOL_MISSING', `Cannot start ${argv[0]}.`, {
      hint: 'Leave --detach out.',
      details: { file: argv[0] },
      cause: error,
    });
  } finally {
    closeSync(file);
  }
}
