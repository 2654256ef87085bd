import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { JsonObject } from '../../../src/base/json.ts';
import { cached, PEER_TIMEOUT } from '../peers.ts';

/** GitHub's own OpenAPI descriptions, as it hands them to those who write its clients. The package unpacks to 400 MB, so only two files of it are kept. */
const PACKAGE = '@octokit/openapi@23.0.2';
const FILES = { 'github.com': 'api.github.com.json', enterprise: 'ghes-3.19.json' } as const;

export type Site = keyof typeof FILES;
export type FoundDescription = { document: JsonObject } | { missing: string };

const run = promisify(execFile);

/** From npm, once per machine. Never throws: what is missing says why. */
export async function findDescription(site: Site): Promise<FoundDescription> {
  const folder = cached(PACKAGE);
  const path = join(folder, FILES[site]);
  try {
    if (!existsSync(path)) await fetchInto(folder);
    return { document: JSON.parse(readFileSync(path, 'utf8')) as JsonObject };
  } catch (error) {
    return { missing: `${PACKAGE} cannot be fetched: ${String(error).split('\n').slice(0, 3).join(' ')}` };
  }
}

async function fetchInto(folder: string): Promise<void> {
  const cwd = mkdtempSync(join(folder, 'fetch-'));
  const timeout = PEER_TIMEOUT;
  try {
    const { stdout } = await run('npm', ['pack', '--silent', PACKAGE], { cwd, timeout });
    const members = Object.values(FILES).map((name) => `package/generated/${name}`);
    await run('tar', ['-xzf', stdout.trim().split('\n').at(-1) ?? '', '--strip-components=2', ...members], { cwd, timeout });
    for (const name of Object.values(FILES)) renameSync(join(cwd, name), join(folder, name));
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}
