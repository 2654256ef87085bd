import { homedir } from 'node:os';
import { join } from 'node:path';

/** What the environment says. The one place that reads it. */
export interface Config {
  /** `AGENTNEXUS_HOME`: the workspace folder, if set. */
  workspace: string | undefined;
  /** Folder of the private keys: `AGENTNEXUS_KEYS`, else `agentnexus/keys` in the user's configuration folder. */
  keys: string;
  /** `PATH`: where programs of the user are looked for. */
  path: string;
}

export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  return {
    workspace: env['AGENTNEXUS_HOME'] || undefined,
    keys: env['AGENTNEXUS_KEYS'] || join(configFolder(env), 'agentnexus', 'keys'),
    path: env['PATH'] ?? '',
  };
}

/** XDG Base Directory Specification; `%APPDATA%` on Windows. */
function configFolder(env: NodeJS.ProcessEnv): string {
  if (process.platform === 'win32' && env['APPDATA']) return env['APPDATA'];
  return env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config');
}
