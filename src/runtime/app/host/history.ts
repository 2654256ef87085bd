import { join } from 'node:path';

import { LOG_FILE } from '../../log/log.ts';
import type { LogReader } from '../../log/log-reader.ts';
import { openHistory } from './open-history.ts';
import type { CallContext } from '../operations.ts';
import { residentHost, residentLog } from './resident-host.ts';
import { findWorkspace, type Workspace, workspaceDir } from '../workspace.ts';

/** A workspace open for looking: needs no lock, and sees what was committed when it was asked. */
export interface History {
  workspace: Workspace;
  log: LogReader;
}

/** Opens the workspace for reading, for the time of `use`. */
export async function withHistory<T>(context: CallContext, use: (history: History) => T | Promise<T>): Promise<T> {
  const dir = workspaceDir(context);
  const kept = residentHost(dir);
  const open = residentLog(dir);
  if (kept !== undefined && open !== undefined) return use({ workspace: kept.engine.workspace, log: open });
  const workspace = findWorkspace(context);
  const log = await openHistory(workspace);
  try {
    return await use({ workspace, log });
  } finally {
    log.close();
  }
}

/** Whether anything was ever recorded here. */
export function logPath(workspace: Workspace): string {
  return join(workspace.dir, LOG_FILE);
}
