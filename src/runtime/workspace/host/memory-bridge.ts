import { realpathSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How the memory's bridge is started inside of an agent's walls: itself, and no links to it. */
export function bridgeCommand(url: string): [string, ...string[]] {
  return [realpathSync(process.execPath), '--disable-warning=ExperimentalWarning', ENTRY, url];
}

const ENTRY = realpathSync(fileURLToPath(new URL(`../memory/memory-bridge-entry${extname(import.meta.url)}`, import.meta.url)));
