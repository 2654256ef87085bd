import { setTimeout as wait } from 'node:timers/promises';

import { systemClock } from '../../base/clock.ts';
import type { Server } from '../../base/generated/server.ts';
import { readSize, requireDuration } from '../app/amounts.ts';
import type { Host } from '../app/host/host.ts';
import { pruneUploads, unusedUploadsAside } from '../app/upkeep/prune-uploads.ts';

const HOUR = 3_600_000;

/** Looks at once and every hour for specifications that were sent here and that no mission needs, and takes out what is too old or too much, until `end`. */
export function keepTidy(host: Host, config: Server['uploads'], onTrouble: (error: Error) => void): { end: () => Promise<void> } {
  const over = new AbortController();
  const tidy = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await tidyUploads(host, config).catch(onTrouble);
      await wait(HOUR, undefined, { signal: over.signal, ref: false }).catch(() => undefined);
    }
  };
  const tidying = tidy();
  return {
    end: async () => {
      over.abort();
      await tidying;
    },
  };
}

/** Once. */
export async function tidyUploads(
  { engine: { workspace, log } }: Host,
  { unused = '30d', room = '2GiB' }: NonNullable<Server['uploads']> = {},
): Promise<void> {
  const now = systemClock.now();
  const limits = { before: now - requireDuration(unused), room: readSize(room), settled: now - HOUR };
  await pruneUploads(await unusedUploadsAside(workspace.dir, limits), log);
}
