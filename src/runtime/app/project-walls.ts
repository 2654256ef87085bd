import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

import type { Walls } from '../qa/walls.ts';
import type { ProjectTree } from '../qa/project-tree.ts';
import { findProgram } from '../qa/runners/machine.ts';
import type { CallContext } from './operations.ts';
import type { QaConfig } from './qa-config.ts';
import { workspaceDir } from './workspace.ts';

interface Project extends Pick<ProjectTree, 'tree'> {
  folder: string;
  config: QaConfig;
  machine: { path: string; home: string };
}

/** What the tests of a project of the user run in, or why in nothing. */
export type ProjectWalls = { walls: Walls } | { why: string };

/**
 * Walls around the tests of a project, as around those of a mission; they see what is installed in its folder, and none of its held-out tests. Where no walls can
 * be built they run as the user does: it is the user's own project.
 */
export async function projectWalls(project: Project, context: CallContext): Promise<ProjectWalls> {
  const { testWalls } = await import('./test-walls.ts');
  const walls = await testWalls(workspaceDir(context, project.folder));
  const [first] = await walls.sandbox.missing();
  if (first !== undefined) return { why: first.what };
  const closed =
    process.getuid?.() === 0
      ? needed(project)
          .map(closedWay)
          .find((folder) => folder !== undefined)
      : undefined;
  if (closed !== undefined) return { why: `${closed} is closed to others, and where we are root the tests are somebody else` };
  const hidden = (project.config.heldOut ?? [])
    .map(({ tests }) => join(project.folder, tests))
    .filter((place) => existsSync(place));
  return { walls: { ...walls, read: [project.folder, ...environments(project.machine.path)], hidden } };
}

/** What the tests cannot do without, as far as files tell. */
function needed({ folder, tree, machine }: Project): string[] {
  const programs = [
    { name: 'cargo', wanted: /(?:^|\/)Cargo\.toml$/ },
    { name: 'go', wanted: /(?:^|\/)go\.mod$/ },
    { name: 'python3', wanted: /\.py$/ },
  ].filter(({ wanted }) => tree.some(({ path }) => wanted.test(path)));
  const found = programs.flatMap(({ name }) => findProgram(name, machine) ?? []);
  const modules = join(folder, 'node_modules');
  return [process.execPath, ...found, ...(existsSync(modules) ? [modules] : [])].map((path) => realpathSync(path));
}

/** The folder on the way to a path through which others cannot go. */
function closedWay(path: string): string | undefined {
  for (let folder = dirname(path); dirname(folder) !== folder; folder = dirname(folder)) {
    if ((lstatSync(folder).mode & 0o001) === 0) return folder;
  }
  return undefined;
}

/** Virtual environments of Python whose programs are on PATH: their modules lie beside those. */
function environments(path: string): string[] {
  return path
    .split(delimiter)
    .map((folder) => dirname(folder))
    .filter((folder) => existsSync(join(folder, 'pyvenv.cfg')));
}
