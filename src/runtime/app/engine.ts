import { availableParallelism } from 'node:os';

import { systemClock } from '../../base/clock.ts';
import type { Digest } from '../../base/digest.ts';
import { type Log, openLog } from '../log/log.ts';
import { createLocalRunner } from '../mission/local-runner.ts';
import { missionProjection } from '../mission/projection.ts';
import type { Runner } from '../mission/runner.ts';
import { createQaEngine } from '../qa/engine.ts';
import { type ContentStore, openContentStore } from '../vault/content-store.ts';
import { openStatementSigner } from '../vault/sign-statement.ts';
import { readConfig } from './config.ts';
import { openKeys } from './keys.ts';
import type { CallContext } from './operations.ts';
import type { Roster } from './roster.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/** Everything that a mission needs, open for writing: this process is the workspace's one writer until `close`. */
export interface Engine {
  workspace: Workspace;
  log: Log;
  store: ContentStore;
  runner: Runner;
  close(): void;
}

/** Opens the workspace for writing, making it on first use. Throws `WORKSPACE_LOCKED` if another process writes. */
export async function openEngine(
  context: CallContext,
  options: { bundle: string; specification: { id: string; digest: Digest }; jobs: number; roster: Roster },
): Promise<Engine> {
  const workspace = openWorkspace(context, options.bundle);
  const keys = openKeys(workspace);
  const log = openLog(workspace.dir, { mode: 'write', clock: systemClock, signer: keys.log(), projections: [missionProjection] });
  try {
    const store = openContentStore(workspace.dir, { writer: true });
    const key = keys.signing();
    const runner = createLocalRunner({
      log,
      store,
      signer: await openStatementSigner(key),
      publicKeys: [key.publicKey],
      clock: systemClock,
      agentFor: await options.roster.open(workspace.scratch),
      qa: createQaEngine({
        read: (digest) => store.get(digest),
        scratch: workspace.scratch,
        jobs: options.jobs,
        machine: readConfig(),
      }),
      specification: options.specification,
    });
    return { workspace, log, store, runner, close: () => log.close() };
  } catch (error) {
    log.close();
    throw error;
  }
}

export const defaultJobs = (): number => Math.max(1, availableParallelism());
