import { readdirSync, realpathSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

import type { SandboxRuntimeConfig } from '@anthropic-ai/sandbox-runtime';

import type { Confinement } from './sandbox.ts';

/** Folders of the root that hold the system and its toolchains. Every other one may hold what belongs to somebody, and is not there inside. */
const SYSTEM = /^(?:bin|sbin|lib|lib32|lib64|libx32|usr|etc|opt|nix|gnu|dev|proc|sys)$/;

/**
 * What lies in the workspace and is obeyed by tools of whoever looks at it later: shells, git, editors, debuggers, our own. srt denies some more,
 * and such files deeper down.
 */
const PROTECTED = [
  '.git/hooks',
  '.git/config',
  '.git/config.worktree',
  '.git/info/attributes',
  '.agentnexus',
  '.agentnexus.yaml',
  '.agentnexus.yml',
  '.envrc',
  '.exrc',
  '.vimrc',
  '.nvimrc',
  '.gdbinit',
  '.lldbinit',
  '.bashrc',
  '.bash_profile',
  '.profile',
  '.zshrc',
  '.zshenv',
  '.zprofile',
  '.gitconfig',
  '.gitmodules',
  '.mcp.json',
  '.vscode',
  '.idea',
] as const;

/** Names at which srt leaves an empty file or folder on the host while a process runs, if there is nothing. */
export const PLACEHOLDERS: readonly string[] = [...PROTECTED.map((path) => path.split('/')[0] ?? path), '.ripgreprc', '.claude'];

/** The walls in srt's words. `own` is what the launcher itself needs to be seen inside. */
export function walls(
  { workspace, home, temp, denyRead, denyWrite, read, hosts }: Confinement,
  own: readonly string[],
): Pick<SandboxRuntimeConfig, 'network' | 'filesystem'> {
  const literal = (path: string) => ({ path, literal: true as const });
  return {
    network: { allowedDomains: [...hosts], deniedDomains: [], strictAllowlist: true },
    filesystem: {
      denyRead: [...foreignFolders(), ...denyRead].map(literal),
      allowRead: [workspace, home, temp, ...own, ...read].map(literal),
      allowWrite: [workspace, home, temp].map(literal),
      denyWrite: [...PROTECTED.map((path) => join(workspace, path)), ...denyWrite].map(literal),
    },
  };
}

/** Folders of PATH: what lies there is meant to be run. */
export function programFolders({ PATH = '' }: Readonly<Record<string, string>>): string[] {
  return [...new Set(PATH.split(':').filter((folder) => isAbsolute(folder) && folder !== '/'))];
}

function foreignFolders(): string[] {
  return readdirSync('/', { withFileTypes: true })
    .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !SYSTEM.test(entry.name))
    .flatMap(({ name }) => realFolder(`/${name}`));
}

function realFolder(path: string): string[] {
  try {
    const real = realpathSync(path);
    return real === '/' || SYSTEM.test(real.slice(1)) ? [] : [real];
  } catch {
    return [];
  }
}
