import { NexusError } from '../../../base/errors.ts';
import { openFolded, openLog } from '../../log/log.ts';
import type { LogReader } from '../../log/log-reader.ts';
import { isFollowed } from '../../log/projection.ts';
import { missionProjection } from '../../mission/projection.ts';
import type { Workspace } from '../workspace.ts';

/**
 * Opens the log for reading, with tables that this version of the tool can read: those that another version has folded are folded anew first, which
 * takes the writer's lock for a moment; where that may not be, in memory. Throws `WORKSPACE_NOT_FOUND`, and `WORKSPACE_LOCKED` while a process of another version writes.
 */
export async function openHistory(workspace: Workspace): Promise<LogReader> {
  const log = openLog(workspace.dir, { mode: 'read' });
  if (isFollowed(log.db, [missionProjection])) return log;
  log.close();
  try {
    const { openWriterLog } = await import('./writer-log.ts');
    openWriterLog(workspace).close();
  } catch (error) {
    if (!(error instanceof NexusError)) throw error;
    // Without the log's key, or on a disk that nobody may write to.
    if (error.code !== 'WORKSPACE_LOCKED') return openFolded(workspace.dir, [missionProjection]);
    throw new NexusError(error.code, `A process of another version of AgentNexus is writing to the workspace ${workspace.dir}.`, {
      hint: 'Wait until it has ended, or use that version.',
      cause: error,
    });
  }
  return openLog(workspace.dir, { mode: 'read' });
}
