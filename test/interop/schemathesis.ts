import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { type Peer, PEER_TIMEOUT } from './peers.ts';

const PACKAGE = 'schemathesis==4.32.5';

const run = promisify(execFile);

/** Schemathesis, which asks a server everything that its OpenAPI document allows: from PyPI, once per machine. Never throws. */
export async function findSchemathesis(): Promise<Peer> {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'agentnexus', 'peers', PACKAGE.replace('==', '_'));
  const path = join(folder, 'bin', 'schemathesis');
  if (existsSync(path)) return { path };
  try {
    mkdirSync(folder, { recursive: true });
    await run('python3', ['-m', 'venv', folder], { timeout: PEER_TIMEOUT - 10_000 });
    await run(join(folder, 'bin', 'pip'), ['install', '--quiet', PACKAGE], { timeout: PEER_TIMEOUT - 10_000 });
    return { path };
  } catch (error) {
    return { missing: `${PACKAGE} cannot be installed: ${String(error).split('\n').slice(0, 3).join(' ')}` };
  }
}
