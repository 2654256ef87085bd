import { closeSync, fsync, fsyncSync, linkSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { NexusError, systemCode } from './errors.ts';

let serial = 0;

/**
 * Writes a whole file so that after a crash there is either the old file or the new one: temp file beside it, fsync, rename,
 * fsync of the folder. Throws `WORKSPACE_FULL` or `WORKSPACE_UNWRITABLE` and leaves no temp file.
 */
export function writeDurably(path: string, data: string | Uint8Array, mode = 0o644): void {
  throughTemp(path, data, { mode, place: renameSync });
}

/** As `writeDurably`, for a file that only one of several processes may make: whoever comes later leaves what is there. */
export function createDurably(path: string, data: string | Uint8Array, mode = 0o644): void {
  throughTemp(path, data, { mode, place: linkUnlessThere });
}

function throughTemp(
  path: string,
  data: string | Uint8Array,
  { mode, place }: { mode: number; place: (temp: string, path: string) => void },
): void {
  const folder = dirname(path);
  const temp = join(folder, `.${process.pid}-${serial++}.tmp`);
  try {
    mkdirSync(folder, { recursive: true });
    writeAndSync(temp, Buffer.from(data), mode);
    place(temp, path);
    syncFolder(folder);
  } catch (error) {
    discard(temp);
    throw asWorkspaceError(error, path);
  }
}

function linkUnlessThere(temp: string, path: string): void {
  try {
    linkSync(temp, path);
  } catch (error) {
    const code = systemCode(error);
    // File systems without hard links get a rename.
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS') return renameSync(temp, path);
    if (code !== 'EEXIST') throw error;
  }
  rmSync(temp, { force: true });
}

/** What cannot be removed either must not hide why it could not be written. */
function discard(temp: string): void {
  try {
    rmSync(temp, { force: true });
  } catch {
    // The error that led here says more.
  }
}

function writeAndSync(path: string, data: Uint8Array, mode: number): void {
  const file = openSync(path, 'wx', mode);
  try {
    for (let at = 0; at < data.length;) at += writeSync(file, data, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes a rename or a new name in a folder survive a power cut. Windows cannot open folders; there the rename is all there is. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  syncAs(folder, 'r');
}

/** Makes what was written to a file durable. */
export function syncFile(path: string): void {
  // Windows syncs only what may be written to.
  syncAs(path, 'r+');
}

function syncAs(path: string, flags: 'r' | 'r+'): void {
  const handle = openSync(path, flags);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** `fsync` that waits beside others. */
export const syncHandle = promisify(fsync);

/** As `syncFolder`, waiting beside others. */
export async function syncFolderAside(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    await syncHandle(handle);
  } finally {
    closeSync(handle);
  }
}

const UNWRITABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EISDIR', 'EEXIST', 'ENOTEMPTY']);

/** Turns a system error from writing into the workspace into one that says what to do; other errors pass unchanged. */
export function asWorkspaceError(error: unknown, path: string): unknown {
  const code = systemCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_FULL') {
    return new NexusError('WORKSPACE_FULL', `No space left while writing ${path}.`, {
      hint: 'Free some space and run the same command again: nothing that was recorded is lost.',
      details: { path },
      cause: error,
    });
  }
  if (code === 'EIO') {
    return new NexusError('WORKSPACE_UNWRITABLE', `The disk failed while ${path} was written (EIO).`, {
      hint: 'Look at the disk (`dmesg`, its health report), or choose another with --workspace DIR; nothing that was recorded is lost.',
      details: { path, systemCode: code },
      cause: error,
    });
  }
  if (code !== undefined && UNWRITABLE.has(code)) {
    return new NexusError('WORKSPACE_UNWRITABLE', `Cannot write ${path} (${code}).`, {
      hint: 'Choose another folder with --workspace DIR, or give yourself write access.',
      details: { path, systemCode: code },
      cause: error,
    });
  }
  return error;
}
