import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats } from 'node:fs';
import { join } from 'node:path';

import { messageOf, systemCode } from '../../base/errors.ts';
import { BUNDLE_LIMITS } from '../../spec/bundle/bundle-limits.ts';
import { decodeText } from '../../spec/bundle/decode-text.ts';

/** `escape`: its path could lead out of the source. `unwritable`: it is not to be written. `changed`: it is not what it was. */
export type SourceFaultKind = 'escape' | 'unwritable' | 'changed';

/** Why a file of the user's source is left alone: a sentence. */
export class SourceFault extends Error {
  override readonly name = 'SourceFault';
  readonly kind: SourceFaultKind;

  constructor(kind: SourceFaultKind, message: string) {
    super(message);
    this.kind = kind;
  }
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
  const fd = openRegular(full, constants.O_RDWR);
  try {
    const stats = checked(fstatSync(fd));
    if (isReadOnly(stats)) throw new SourceFault('unwritable', 'The file is read-only.');
    if (stats.nlink > 1) {
      throw new SourceFault('unwritable', 'The file has other names (hard links), whose content would change with it.');
    }
    return use({ fd, path: full, bytes: readAll(fd, stats.size), stats });
  } finally {
    closeSync(fd);
  }
}

/** What a file below `root` says, as a bundle would hold it; undefined if there is none. Throws `SourceFault` and `BUNDLE_*`. */
export function readSourceFile(root: string, path: string): { text: string; mode: number } | undefined {
  const full = confinedPath(root, path);
  if (lstatSync(full, { throwIfNoEntry: false }) === undefined) return undefined;
  const fd = openRegular(full, constants.O_RDONLY);
  try {
    const { size, mode } = checked(fstatSync(fd));
    return { text: decodeText(readAll(fd, size), path), mode: mode & 0o777 };
  } finally {
    closeSync(fd);
  }
}

/** By its mode: the superuser may write anything, and should not. */
export function isReadOnly({ mode }: { mode: number }): boolean {
  return (mode & 0o222) === 0;
}

function checked(stats: Stats): Stats {
  if (!stats.isFile()) throw new SourceFault('changed', 'It is no regular file any more.');
  if (stats.size > BUNDLE_LIMITS.fileBytes) {
    throw new SourceFault('changed', 'The file has grown too large to be specification.');
  }
  return stats;
}

/** Whether the path still leads to the file that is open: editors put a new file in the place of the old. */
export function isStillThere({ path, stats }: SourceFile): boolean {
  const now = lstatSync(path, { throwIfNoEntry: false });
  return now !== undefined && now.isFile() && now.ino === stats.ino && now.dev === stats.dev;
}

/**
 * The path of something below `root` that need not be there, if every folder on the way is a real one or not there yet. Throws `SourceFault`
 * where the path, or a link on it, could lead out.
 */
export function confinedPath(root: string, path: string): string {
  const names = path.split('/');
  if (names.some((name) => name === '' || name === '.' || name === '..' || name.includes('\0') || name.includes('\\'))) {
    throw new SourceFault('escape', 'Its path does not lie in the specification.');
  }
  let folder = root;
  for (const name of names.slice(0, -1)) {
    folder = join(folder, name);
    const stats = lstatSync(folder, { throwIfNoEntry: false });
    if (stats === undefined) break;
    if (stats.isSymbolicLink()) throw new SourceFault('escape', `${name} is a symbolic link.`);
    if (!stats.isDirectory()) throw new SourceFault('changed', `${name} is no folder.`);
  }
  const full = join(root, ...names);
  if (lstatSync(full, { throwIfNoEntry: false })?.isSymbolicLink() === true)
    throw new SourceFault('escape', 'It is a symbolic link.');
  return full;
}

function openRegular(path: string, flags: number): number {
  try {
    // Windows has no O_NOFOLLOW; there the look before is all there is. O_NONBLOCK: a pipe must not keep anybody waiting.
    return openSync(path, flags | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw openFault(error);
  }
}

function openFault(error: unknown): SourceFault {
  const code = systemCode(error) ?? '';
  if (code === 'ENOENT') return new SourceFault('changed', 'The file is not there any more.');
  if (['EISDIR', 'ENXIO', 'ELOOP'].includes(code)) return new SourceFault('changed', 'It is no regular file any more.');
  if (['EACCES', 'EPERM', 'EROFS'].includes(code)) return new SourceFault('unwritable', `The file cannot be written (${code}).`);
  return new SourceFault('unwritable', `The file cannot be opened: ${messageOf(error)}.`);
}

function readAll(fd: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  let length = 0;
  for (let read = -1; read !== 0 && length < size; length += read) read = readSync(fd, bytes, length, size - length, length);
  return bytes.subarray(0, length);
}
