import { openLog } from '../../log/log.ts';
import type { LogReader } from '../../log/log-reader.ts';
import type { Host } from './host.ts';

interface Resident {
  host: Host;
  /** For looking, once somebody has: the writer's own connection signs what it is asked about. */
  log?: LogReader;
}

/** By folder of the workspace. A process holds the writer lock of a workspace once, so there is one host at most. */
const RESIDENT = new Map<string, Resident>();

/** The host that this process keeps for longer than one call, if it does: operations are then done by it. */
export function residentHost(workspace: string): Host | undefined {
  return RESIDENT.get(workspace)?.host;
}

/** Its log, open for reading for as long as it is kept: whoever looks often does not open a file each time. */
export function residentLog(workspace: string): LogReader | undefined {
  const resident = RESIDENT.get(workspace);
  if (resident === undefined) return undefined;
  resident.log ??= openLog(workspace, { mode: 'read' });
  return resident.log;
}

/** Keeps a host for the operations of this process until what is returned is called; that ends its missions and closes it. */
export function keepResident(host: Host): () => Promise<void> {
  const { dir } = host.engine.workspace;
  const resident: Resident = { host };
  RESIDENT.set(dir, resident);
  host.listen();
  return async () => {
    RESIDENT.delete(dir);
    resident.log?.close();
    await host.close();
  };
}
