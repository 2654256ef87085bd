import { type ChildProcess, spawn } from 'node:child_process';

import { messageOf, systemCode } from '../../../base/errors.ts';
import { type GroupLeader, type ProcessResult, supervise } from '../supervise.ts';
import type { Command } from './message.ts';

/** Runs a command as a child of this very process. */
export async function runHere(
  { argv: [file, ...args], cwd, env, ...limits }: Command,
  signal: AbortSignal,
): Promise<{ result: ProcessResult } | { failed: { code: string | undefined; message: string } }> {
  const child = spawn(file, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    return { result: await supervise(leaderOf(child), { ...limits, signal }) };
  } catch (error) {
    return { failed: { code: systemCode(error), message: messageOf(error) } };
  }
}

function leaderOf(child: ChildProcess): GroupLeader {
  const exit = new Promise<Awaited<GroupLeader['exit']>>((resolve, reject) => {
    child.once('exit', (code, signal) => resolve({ code: code ?? undefined, signal: signal ?? undefined }));
    child.once('error', reject);
  });
  return { stdout: child.stdout ?? undefined, stderr: child.stderr ?? undefined, kill: () => killGroup(child.pid), exit };
}

function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}
