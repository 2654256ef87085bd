import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

import type { ProjectTree } from '../../qa/project-tree.ts';
import type { Machine } from '../../qa/runners/machine.ts';
import type { CallContext } from '../operations.ts';
import type { QaConfig } from './qa-config.ts';
import { reachableWalls, type UsableWalls } from './usable-walls.ts';
import { workspaceDir } from '../workspace.ts';

interface Project extends Pick<ProjectTree, 'tree'> {
  folder: string;
  config: QaConfig;
  machine: Machine;
}

/**
 * Walls around the tests of a project, as around those of a mission; they see what is installed in its folder, and none of its held-out tests. Where no walls can
 * be built they run as the user does: it is the user's own project.
 */
export async function projectWalls({ folder, tree, config, machine }: Project, context: CallContext): Promise<UsableWalls> {
  const { testWalls } = await import('./test-walls.ts');
  const walls = await testWalls(workspaceDir(context, folder));
  const modules = join(folder, 'node_modules');
  const places = existsSync(modules) ? [realpathSync(modules)] : [];
  const hidden = (config.heldOut ?? []).map(({ tests }) => join(folder, tests)).filter((place) => existsSync(place));
  return reachableWalls({ ...walls, read: [folder, ...environments(machine.path)], hidden }, { tree, machine, places });
}

/** Virtual environments of Python whose programs are on PATH: their modules lie beside those. */
function environments(path: string): string[] {
  return path
    .split(delimiter)
    .map((folder) => dirname(folder))
    .filter((folder) => existsSync(join(folder, 'pyvenv.cfg')));
}
