import { existsSync, realpathSync, statSync } from 'node:fs';

import { NexusError } from '../../../base/errors.ts';
import type { ProjectTree } from '../../qa/project-tree.ts';
import type { Walls } from '../../qa/walls.ts';
import type { QaConfig } from './qa-config.ts';

/** A project that is judged. */
export interface QaProject extends ProjectTree {
  folder: string;
  config: QaConfig;
  /** `PATH`, and the user's home. */
  machine: { path: string; home: string };
  /** A folder that is removed afterwards. */
  scratch: string;
  /** Around whatever runs its tests. */
  walls?: Walls;
}

export function projectFolder(path: string): string {
  if (existsSync(path) && statSync(path).isDirectory()) return realpathSync(path);
  throw new NexusError('NOT_FOUND', `There is no folder ${path}.`, { hint: 'Name the folder of a project.', details: { path } });
}
