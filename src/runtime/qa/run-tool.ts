import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

import { type ProcessOptions, type ProcessResult, runProcess } from '../workspace/process.ts';
import { runConfined } from '../workspace/sandbox/run-confined.ts';
import type { Limits } from '../workspace/sandbox/sandbox.ts';
import { packageFolder } from './dependencies.ts';
import type { Machine } from './runners/machine.ts';
import type { Sandbox } from './test-runner.ts';
import type { Walls } from './walls.ts';

/**
 * Runs a tool that runs the product's code: within walls where there are any, and then never without them. It writes to the product's copy and to
 * what was made for this judgement, and reaches no network.
 */
export async function runTool(
  argv: readonly [string, ...string[]],
  options: ProcessOptions,
  { walls, ...place }: Sandbox,
): Promise<ProcessResult> {
  if (walls === undefined) return runProcess(argv, options);
  const { limits, ...room } = roomOf(place, walls);
  return runConfined(argv, {
    ...options,
    env: { ...walls.env, ...options.env },
    sandbox: walls.sandbox,
    room: { ...room, limits },
  });
}

/** What is the tool's own to write, and what it sees besides. */
export function roomOf(
  { product, whole = product, scratch, env, jobs, limits }: Omit<Sandbox, 'walls'>,
  { machine, read = [], hosts = [], hidden = [] }: Walls,
) {
  mkdirSync(scratch, { recursive: true });
  const memoryBytes = Math.max(4 * 2 ** 30, 2 * (jobs + 1) * limits.memoryMb * 2 ** 20);
  return {
    workspace: realpathSync(whole),
    home: realpathSync(env['HOME'] ?? scratch),
    temp: realpathSync(scratch),
    read: [...ownModules(), ...managedTools(machine), ...read],
    denyRead: hidden,
    hosts,
    limits: { processes: 1024 + 64 * jobs, memoryBytes } satisfies Partial<Limits>,
  };
}

/** Where we have our packages from: each may be linked into a product, and finds its own beside it. */
function ownModules(): string[] {
  const folders = ['jest', 'typescript'].flatMap((name) => packageFolder(name) ?? []);
  const roots = folders.map((folder) => {
    const at = folder.indexOf(`${sep}node_modules${sep}`);
    return at === -1 ? folder : folder.slice(0, at + `${sep}node_modules`.length);
  });
  return [...new Set([...roots, ...ownPackage()])];
}

function ownPackage(): string[] {
  for (let folder = import.meta.dirname; dirname(folder) !== folder; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json')))
      return ['bin', 'src', 'dist', 'schemas'].map((name) => join(folder, name)).filter((path) => existsSync(path));
  }
  return [];
}

/** Programs and modules in a home, without what lies beside them: `.cargo` has tokens too. */
const MANAGED = [
  '.asdf',
  '.cargo/bin',
  '.cargo/registry',
  '.local/bin',
  '.local/lib',
  '.local/share/mise',
  '.nvm',
  '.pyenv',
  '.rustup',
  '.volta',
  'go/bin',
  'go/pkg',
  'sdk',
];

function managedTools(machine: Machine | undefined): string[] {
  if (machine === undefined) return [];
  return MANAGED.map((name) => join(machine.home, name)).filter((path) => existsSync(path));
}
