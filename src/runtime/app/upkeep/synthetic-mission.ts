import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { messageOf, NexusError } from '../../../base/errors.ts';
import type { ProbePlace } from '../../qa/probes/probe.ts';
import { readConfig } from '../config.ts';

/**
 * Runs missions as probes: each in this process, in a workspace that is made for it and removed. `folder` holds the bundles and scripts. A mission that fails is
 * an answer; so is whatever keeps it from beginning.
 */
export function syntheticMissions(folder: string, scratch: string): NonNullable<ProbePlace['runMission']> {
  return async ({ bundle, agent = 'compiler' }, signal) => {
    mkdirSync(scratch, { recursive: true });
    const workspace = mkdtempSync(join(scratch, 'mission-'));
    try {
      const { apply } = await import('../apply/apply.ts');
      const view = await apply({ bundle, agent, base: 'none' }, { cwd: folder, workspace, drain: signal, stop: signal });
      if (view.kind !== 'Mission') return `There is nothing to do in ${bundle}.`;
      return view.state === 'succeeded'
        ? undefined
        : `The mission ${view.state}${view.reason === null ? '' : `: ${view.reason}`}.`;
    } catch (error) {
      return error instanceof NexusError ? `${error.code}: ${error.message}` : messageOf(error);
    } finally {
      removeWorkspaceKey(workspace);
      rmSync(workspace, { recursive: true, force: true, maxRetries: 3 });
    }
  };
}

/** The key of a log that is gone signs nothing any more. */
export function removeWorkspaceKey(workspace: string): void {
  const file = join(workspace, 'workspace.json');
  if (!existsSync(file)) return;
  const { id } = JSON.parse(readFileSync(file, 'utf8')) as { id?: unknown };
  if (typeof id === 'string' && /^[\w-]+$/.test(id)) rmSync(join(readConfig().keys, 'logs', `${id}.key`), { force: true });
}
