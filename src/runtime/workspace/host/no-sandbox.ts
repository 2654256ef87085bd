import { startProcess } from '../process.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';

/** What the evidence says of an agent that nothing was around. */
export const UNCONFINED = 'none';

/**
 * No walls at all: a clean environment, a folder, and the wall clock; what the process does beyond is not stopped and not seen. For
 * `--unsafe-no-sandbox` alone.
 */
export const noSandbox: Sandbox = {
  name: UNCONFINED,
  missing: async () => [],
  async start(argv, { workspace, env, limits }, signal) {
    const running = startProcess(argv, { cwd: workspace, env, timeoutMs: limits.wallMs, signal });
    return { ...running, violations: () => [], ended: running.ended.then(endOf) };
  },
};

type Ended = Awaited<Awaited<ReturnType<Sandbox['start']>>['ended']>;

function endOf({ ended, code, signal }: Awaited<ReturnType<typeof startProcess>['ended']>): Ended {
  return { ended: ended === 'stalled' ? 'timeout' : ended, code, signal };
}
