import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats } from 'node:fs';
import { join } from 'node:path';

import { messageOf, systemCode } from '../../base/errors.ts';
import { BUNDLE_LIMITS } from '../../spec/bundle/bundle-limits.ts';
import { decodeText } from '../../spec/bundle/decode-text.ts';

/** Why a file of the user's source is left alone: a sentence. */
export class SourceFault extends Error {
  override readonly name = 'SourceFault';
}

/** A file of the user's own source, open. */
export interface SourceFile {
  fd: number;
  path: string;
  bytes: Buffer;
  stats: Stats;
}

/**
 * Uses a file below `root` while it is open for reading and writing: a regular file with one name, reached without a symbolic link, that
 * says it may be written, however mighty the user is. Throws `SourceFault` for any other.
 */
export function withSourceFile<T>(root: string, path: string, use: (file: SourceFile) => T): T {
  const full = confinedPath(root, path);
  const fd = openForWriting(full);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw new SourceFault('It is no regular file any more.');
    if ((stats.mode & 0o222) === 0) throw new SourceFault('The file is read-only.');
    if (stats.nlink > 1) throw new SourceFault('The file has other names (hard links), whose content would change with it.');
    if (stats.size > BUNDLE_LIMITS.fileBytes) throw new SourceFault('The file has grown too large to be specification.');
    return use({ fd, path: full, bytes: readAll(fd, stats.size), stats });
  } finally {
    closeSync(fd);
  }
}

/** Whether the path still leads to the file that is open: editors put a new file in the place of the old. */
export function isStillThere({ path, stats }: SourceFile): boolean {
  const now = lstatSync(path, { throwIfNoEntry: false });
  return now !== undefined && now.isFile() && now.ino === stats.ino && now.dev === stats.dev;
}

/** The text of a file of the source as a bundle would hold it; undefined if there is none. Throws `SourceFault`, `BUNDLE_*`. */
export function sourceTextAt(root: string, path: string): string | undefined {
  const full = confinedPath(root, path);
  if (lstatSync(full, { throwIfNoEntry: false }) === undefined) return undefined;
  return withSourceFile(root, path, ({ bytes }) => decodeText(bytes, path));
}

/**
 * The path of something below `root` that need not be there, if every folder on the way is a real one or not there yet. Throws `SourceFault`
 * where the path, or a link on it, could lead out.
 */
export function confinedPath(root: string, path: string): string {
  const names = path.split('/');
  if (names.some((name) => name === '' || name === '.' || name === '..' || name.includes('\0') || name.includes('\\'))) {
    throw new SourceFault('Its path does not lie in the specification.');
  }
  let folder = root;
  for (const name of names.slice(0, -1)) {
    folder = join(folder, name);
    const stats = lstatSync(folder, { throwIfNoEntry: false });
    if (stats === undefined) break;
    if (stats.isSymbolicLink()) throw new SourceFault(`${name} is a symbolic link.`);
    if (!stats.isDirectory()) throw new SourceFault(`${name} is no folder.`);
  }
  const full = join(root, ...names);
  if (lstatSync(full, { throwIfNoEntry: false })?.isSymbolicLink() === true) throw new SourceFault('It is a symbolic link.');
  return full;
}

function openForWriting(path: string): number {
  try {
    // Windows has no O_NOFOLLOW; there the look before is all there is. O_NONBLOCK: a pipe must not keep anybody waiting.
    return openSync(path, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT') throw new SourceFault('The file is not there any more.');
    if (code === 'EISDIR' || code === 'ENXIO' || code === 'ELOOP') throw new SourceFault('It is no regular file any more.');
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') throw new SourceFault(`The file cannot be written (${code}).`);
    throw new SourceFault(`The file cannot be opened: ${messageOf(error)}.`);
  }
}

function readAll(fd: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  let length = 0;
  for (let read = -1; read !== 0 && length < size; length += read) read = readSync(fd, bytes, length, size - length, length);
  return bytes.subarray(0, length);
}
