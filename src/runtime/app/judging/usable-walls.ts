import { realpathSync } from 'node:fs';
import { join } from 'node:path';

import { NexusError } from '../../../base/errors.ts';
import { findProgram, type Machine } from '../../qa/runners/machine.ts';
import type { Walls } from '../../qa/walls.ts';
import type { Tree } from '../../vault/artifact.ts';
import { closedWay } from '../../workspace/sandbox/prepare-folders.ts';

/** What the tests of a product run in, or why in nothing. */
export type UsableWalls = { walls: Walls } | { why: string };

interface Tested {
  tree: Tree;
  machine: Machine;
  /** What they must get to besides their tools. */
  places: readonly string[];
}

/** Whether walls can be built here, and what stands in them gets to all it needs, as far as files tell. */
export async function usableWalls(walls: Walls, tested: Tested): Promise<UsableWalls> {
  const [first] = await walls.sandbox.missing();
  return first === undefined ? reachableWalls(walls, tested) : { why: first.what };
}

/** The same, but for whether they can be built: that the first process tells. */
export function reachableWalls(walls: Walls, { tree, machine, places }: Tested): UsableWalls {
  const [closed] =
    process.getuid?.() === 0 ? [...toolsFor(tree, machine), ...places].flatMap((path) => closedWay(path) ?? []) : [];
  return closed === undefined ? { walls } : { why: closed.what };
}

/**
 * Does it within the walls, or without where they cannot be built. That nobody asks beforehand saves the time it takes to try: the first process that is
 * started finds out. Once one was inside they can be built: whoever makes them fail afterwards has won nothing.
 */
export async function withinWalls<Done>(
  around: UsableWalls | undefined,
  run: (walls: Walls | undefined) => Promise<Done>,
): Promise<{ done: Done; sandbox: { name: string; why: string | null } }> {
  const without = async (why: string | null) => ({ done: await run(undefined), sandbox: { name: 'none', why } });
  if (around === undefined || 'why' in around) return without(around?.why ?? null);
  const { sandbox } = around.walls;
  try {
    return { done: await run(around.walls), sandbox: { name: sandbox.name, why: null } };
  } catch (error) {
    const [first] = isSandboxMissing(error) ? await sandbox.missing() : [];
    if (first === undefined) throw error;
    return without(first.what);
  }
}

function isSandboxMissing(error: unknown): boolean {
  return error instanceof NexusError && error.code === 'SANDBOX_MISSING';
}

const TOOLS = [
  { name: 'cargo', wanted: /(?:^|\/)Cargo\.toml$/ },
  { name: 'go', wanted: /(?:^|\/)go\.mod$/ },
  { name: 'python3', wanted: /\.py$/ },
];

function toolsFor(tree: Tree, machine: Machine): string[] {
  const programs = TOOLS.filter(({ wanted }) => tree.some(({ path }) => wanted.test(path)));
  const found = programs.flatMap(({ name }) => findProgram(name, machine) ?? []);
  // Where we have our own packages from, which tests of ours are run by.
  const own = join(import.meta.dirname, 'own');
  return [process.execPath, ...found].map((path) => realpathSync(path)).concat(own);
}
