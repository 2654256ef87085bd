import { existsSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { endOrphans } from '../../workspace/orphans.ts';
import type { Workspace } from '../workspace.ts';

/** How `writeDurably` calls a file that is not whole yet. */
const HALF_WRITTEN = /^\.\d+-\d+\.tmp$/;

/** Folders that we write files into, beside the store and the scratch folder. */
const WRITTEN = ['', 'inbox', 'keys', 'reports', 'runs'];

/**
 * What writers that died have left: files of attempts, half-written content and files; and what detached processes have told, where that is older than
 * `before` (milliseconds since 1970). Only for the process that holds the workspace: what it uses itself is among it.
 */
export function temporaryFiles(workspace: Workspace, before: number): { path: string; bytes: number }[] {
  return [...roots(workspace, before)].flatMap((root) => [...filesIn(root)]);
}

/** Ends whatever still works on these files, and removes them. */
export async function removeTemporaryFiles(workspace: Workspace, before: number): Promise<void> {
  await endOrphans(workspace.scratch);
  for (const root of roots(workspace, before)) rmSync(root, { recursive: true, force: true });
}

function* roots({ dir, scratch }: Workspace, before: number): Generator<string> {
  yield scratch;
  const incoming = join(dir, 'cas', 'incoming');
  for (const name of namesIn(incoming)) yield join(incoming, name);
  for (const folder of WRITTEN) {
    for (const name of namesIn(join(dir, folder))) if (HALF_WRITTEN.test(name)) yield join(dir, folder, name);
  }
  for (const name of namesIn(join(dir, 'runs'))) {
    const path = join(dir, 'runs', name);
    if ((lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? before) < before) yield path;
  }
}

function* filesIn(path: string): Generator<{ path: string; bytes: number }> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isDirectory()) yield { path, bytes: found.size };
  else for (const name of namesIn(path)) yield* filesIn(join(path, name));
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
