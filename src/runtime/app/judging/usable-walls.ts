import { realpathSync } from 'node:fs';
import { join } from 'node:path';

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
export async function usableWalls(walls: Walls, { tree, machine, places }: Tested): Promise<UsableWalls> {
  const [first] = await walls.sandbox.missing();
  if (first !== undefined) return { why: first.what };
  const [closed] =
    process.getuid?.() === 0 ? [...toolsFor(tree, machine), ...places].flatMap((path) => closedWay(path) ?? []) : [];
  return closed === undefined ? { walls } : { why: closed.what };
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
