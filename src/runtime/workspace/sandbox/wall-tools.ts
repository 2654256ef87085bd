import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

import type { WallTools } from './launch-order.ts';
import type { Missing } from './sandbox.ts';

/** Where systems keep their programs; not PATH, on which there may be folders that others write to. */
const FOLDERS = ['/usr/bin', '/bin', '/usr/local/bin', '/usr/sbin', '/sbin', '/run/current-system/sw/bin'];

const PACKAGES: Record<keyof WallTools, string> = { bash: 'bash', bwrap: 'bubblewrap', socat: 'socat', rg: 'ripgrep' };

/** The programs of which walls are made, or which of them are not installed. */
export function wallTools(folders: readonly string[] = FOLDERS): WallTools | { missing: Missing[] } {
  const found = {
    bash: find('bash', folders),
    bwrap: find('bwrap', folders),
    socat: find('socat', folders),
    rg: find('rg', folders),
  };
  const { bash, bwrap, socat, rg } = found;
  if (bash && bwrap && socat && rg) return { bash, bwrap, socat, rg };
  const absent = Object.entries(PACKAGES).filter(([name]) => found[name as keyof WallTools] === undefined);
  const names = absent.map(([, name]) => name).join(' ');
  return {
    missing: absent.map(([name, from]) => ({
      what: `${from === name ? name : `${from} (${name})`} is not installed`,
      hint: `Install it: \`apt-get install ${names}\`, \`dnf install ${names}\` or the like.`,
    })),
  };
}

/** The shell that sets limits; none where it cannot, since what it needs for that is Linux's. */
export function limitingShell(): string | undefined {
  return process.platform === 'linux' ? find('bash', FOLDERS) : undefined;
}

function find(name: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
