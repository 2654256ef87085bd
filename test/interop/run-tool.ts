import { execFile, type ExecFileOptions } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Milliseconds; less than a test may take, so that what hangs does not outlive it. */
const LIMIT = 110_000;

/** Runs a program of others to its end, or ends it when its time is up. Rejects as `execFile` does. */
export function runTool(
  path: string,
  args: readonly string[],
  options: ExecFileOptions = {},
): Promise<{ stdout: string; stderr: string }> {
  return run(path, args, { timeout: LIMIT, killSignal: 'SIGKILL', ...options, encoding: 'utf8' });
}
