import { systemClock } from '../../../base/clock.ts';
import { type Log, openLog, type WriterOptions } from '../../log/log.ts';
import { missionProjection } from '../../mission/projection.ts';
import { openKeys } from '../ledger/keys.ts';
import type { Workspace } from '../workspace.ts';

/** Opens the log of a workspace for writing, with all that every writer here needs. Throws `WORKSPACE_LOCKED`, `LOG_BEHIND`. */
export function openWriterLog(workspace: Workspace, options: Pick<WriterOptions, 'signing' | 'redact'> = {}): Log {
  const keys = openKeys(workspace);
  return openLog(workspace.dir, {
    mode: 'write',
    clock: systemClock,
    signer: keys.log(),
    projections: [missionProjection],
    published: keys.published(),
    ...options,
  });
}
