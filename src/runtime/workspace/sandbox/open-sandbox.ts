import { realpathSync } from 'node:fs';

import { endProcessesOf } from '../orphans.ts';
import { openProcess } from '../open-process.ts';
import { innerScript } from './inner-script.ts';
import type { Sandbox } from './sandbox.ts';
import { supervise } from './supervise.ts';
import { limitingShell } from './wall-tools.ts';

/**
 * No walls, for `--unsafe-no-sandbox` only: a clean environment, a process group that is ended as a whole, limits where a shell can set them. What
 * runs here can read, write and reach all that we can; whoever uses it says so aloud, and in the evidence.
 */
export function createOpenSandbox(): Sandbox {
  return {
    name: 'none',
    missing: () => Promise.resolve([]),
    raise: () => {},
    start(argv, confinement, signal) {
      const { workspace, home, env, limits } = confinement;
      const bash = limitingShell();
      // Processes are counted by user: a limit would be one on all that the user runs.
      const { script, carried } = innerScript(argv, {
        env,
        limits: { ...limits, processes: undefined },
        records: confinement.records === true,
      });
      const running =
        bash === undefined
          ? openProcess(argv, { cwd: workspace, env })
          : openProcess([bash, '--noprofile', '--norc', '-c', script], { cwd: workspace, env: carried });
      const own = realpathSync(home);
      return Promise.resolve(
        supervise({
          process: running,
          exit: running.exited,
          launcher: false,
          confinement,
          signal,
          violations: () => [],
          after: () => endProcessesOf(own),
        }),
      );
    },
  };
}
