import { chmodSync, lchownSync, lstatSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { NexusError } from '../../../base/errors.ts';

/** Whom processes run as where we are root: nobody owns anything. */
export const NOBODY = { uid: 65_534, gid: 65_534 } as const;

/**
 * Sees to it that what a process may write is its own and nothing else's: real folders, and no file in them that has a second name elsewhere,
 * because writing to that would be writing there. Gives all of it to `user` where there is one. Throws `WORKSPACE_UNWRITABLE`.
 */
export function prepareFolders(folders: readonly string[], user?: { uid: number; gid: number }): void {
  const names = new Map<string, { path: string; left: number }>();
  for (const folder of folders) {
    if (realpathSync(folder) !== folder) throw unusable(folder, 'its path leads through a link');
    const device = lstatSync(folder).dev;
    for (const path of walk(folder)) {
      const found = lstatSync(path);
      const { dev, ino, nlink } = found;
      if (dev !== device) throw unusable(path, 'another file system is mounted there');
      if (nlink > 1 && !found.isDirectory()) {
        const name = names.get(`${dev}:${ino}`) ?? { path, left: nlink };
        name.left--;
        names.set(`${dev}:${ino}`, name);
      }
    }
  }
  const shared = [...names.values()].find(({ left }) => left > 0);
  if (shared !== undefined) throw unusable(shared.path, 'it is a hard link to a file elsewhere');
  if (user === undefined) return;
  for (const folder of folders) for (const path of walk(folder)) give(path, user);
}

/**
 * Lets others through the folder that the workspace and its home were put into, which was made for them and is ours alone; it is not opened to
 * be read. Folders above it are as they are.
 */
export function openWay({ workspace, home }: { workspace: string; home: string }): void {
  const parent = dirname(workspace);
  if (parent !== dirname(home)) return;
  const { mode } = lstatSync(parent);
  if ((mode & 0o001) === 0) chmodSync(parent, (mode & 0o7777) | 0o011);
}

/** Throws `SANDBOX_MISSING` where a folder on the way to `path` is closed to others: nobody could work there. */
export function refuseClosedWay(path: string): void {
  const closed = closedWay(path);
  if (closed === undefined) return;
  const { folder, what, hint } = closed;
  throw new NexusError('SANDBOX_MISSING', `${what}.`, { hint, details: { folder, path } });
}

/** The folder on the way to `path` that keeps out whom processes run as where we are root. `path` itself need not be there. */
export function closedWay(path: string): { folder: string; what: string; hint: string } | undefined {
  for (let folder = dirname(path); dirname(folder) !== folder; folder = dirname(folder)) {
    const { mode, uid } = lstatSync(folder, { throwIfNoEntry: false }) ?? { mode: 0o001, uid: 0 };
    if ((mode & 0o001) !== 0 || uid === NOBODY.uid) continue;
    return {
      folder,
      what: `${folder} is closed to uid ${NOBODY.uid}, which processes run as where we are root`,
      hint: 'Work as another user than root, or name a workspace elsewhere with --workspace DIR.',
    };
  }
  return undefined;
}

/** Gives back to the owner, which we are, what a process has closed: so that what it left can be looked at, and removed. No link is followed. */
export function reopen(folders: readonly string[]): void {
  for (const folder of folders) reopenIn(folder);
}

function reopenIn(folder: string): void {
  try {
    const { mode } = lstatSync(folder);
    if ((mode & 0o700) !== 0o700) chmodSync(folder, (mode & 0o777) | 0o700);
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) reopenIn(path);
      else if (entry.isFile() && (lstatSync(path).mode & 0o400) === 0) chmodSync(path, 0o600);
    }
  } catch {
    // Gone, or another's: whoever looks finds out.
  }
}

/** The folder itself, and everything in it; no link is followed. */
function* walk(path: string): Generator<string> {
  yield path;
  if (!lstatSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) yield* walk(join(path, name));
}

function give(path: string, { uid, gid }: { uid: number; gid: number }): void {
  const found = lstatSync(path);
  if (found.uid !== uid || found.gid !== gid) lchownSync(path, uid, gid);
}

function unusable(path: string, why: string): NexusError {
  return new NexusError('WORKSPACE_UNWRITABLE', `Nothing is confined to ${path}: ${why}.`, { details: { path } });
}
