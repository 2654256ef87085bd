import { join } from 'node:path';

import { Child } from './child.ts';
import { npmPeer } from './peer-folder.ts';
import { startPostgres } from './postgres.ts';
import type { StepChain } from './step-chain.ts';

const CHAIN = join(import.meta.dirname, 'dbos-entry.ts');

/** DBOS over a PostgreSQL of its own; a step is a `runStep`. */
export async function startDbos(): Promise<StepChain | undefined> {
  const folder = npmPeer('dbos', { '@dbos-inc/dbos-sdk': '5' });
  const postgres = folder === undefined ? undefined : await startPostgres();
  if (folder === undefined || postgres === undefined) return undefined;
  const child = new Child(process.execPath, [CHAIN, folder, postgres.url]);
  const close = async (): Promise<void> => {
    await child.stop();
    postgres.stop();
  };
  try {
    await child.nextLine();
    return { run: async (steps) => Number(await child.ask(String(steps))), close };
  } catch (error) {
    await close();
    throw error;
  }
}
