import type { Host } from './host.ts';

/** By folder of the workspace. A process holds the writer lock of a workspace once, so there is one host at most. */
const RESIDENT = new Map<string, Host>();

/** The host that this process keeps for longer than one call, if it does: operations are then done by it. */
export function residentHost(workspace: string): Host | undefined {
  return RESIDENT.get(workspace);
}

/** Keeps a host for the operations of this process until what is returned is called; that ends its missions and closes it. */
export function keepResident(host: Host): () => Promise<void> {
  const { dir } = host.engine.workspace;
  RESIDENT.set(dir, host);
  host.listen();
  return async () => {
    RESIDENT.delete(dir);
    await host.close();
  };
}
