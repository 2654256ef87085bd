import type { Log } from '../../log/log.ts';
import { residentHost } from './resident-host.ts';
import type { Workspace } from '../workspace.ts';
import { openWriterLog } from './writer-log.ts';

/** The log, for writing, for the time of `use`: that of the host which this process keeps, or one that is opened for it. Throws `WORKSPACE_LOCKED`. */
export async function withWriterLog<T>(workspace: Workspace, use: (log: Log) => Promise<T>): Promise<T> {
  const resident = residentHost(workspace.dir);
  if (resident !== undefined) return use(resident.engine.log);
  const log = openWriterLog(workspace);
  try {
    return await use(log);
  } finally {
    log.close();
  }
}
