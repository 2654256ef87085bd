import { createHash } from 'node:crypto';
import { closeSync, constants, type Dirent, existsSync, fstatSync, openSync, readdirSync, readSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

import type { Digest } from '../../base/digest.ts';
import { messageOf, NexusError, systemCode } from '../../base/errors.ts';
import { compareText } from '../../base/text.ts';
import { ARTIFACTS, BASE_FILES } from './export-layout.ts';
import type { Failures } from './failure.ts';
import { isSafePath } from './safe-path.ts';

/** How much of a folder that anybody may have made is read. */
export interface ReadLimits {
  files: number;
  /** Folders inside folders. */
  depth: number;
  /** Of a product file, which is hashed in pieces. */
  artifactBytes: number;
  /** Of any other file, which is held in memory. */
  fileBytes: number;
  /** Of all files held in memory. */
  heldBytes: number;
}

export const READ_LIMITS: ReadLimits = {
  files: 250_000,
  depth: 40,
  artifactBytes: 4 * 2 ** 30,
  fileBytes: 128 * 2 ** 20,
  heldBytes: 2 ** 30,
};

export interface ExportFile {
  digest: Digest;
  /** Ids that git gives to the content; of product files where there is a commit to hold them against. */
  blobIds?: { sha1: string; sha256: string };
  /** Content of files that are evidence; product files are only hashed. */
  bytes?: Buffer;
}

/** By their paths. */
export type ExportFiles = ReadonlyMap<string, ExportFile>;

/** Every regular file of an exported folder by its path, read once, never through a link. What cannot be read is a failure. */
export function readExport(dir: string, failures: Failures, limits: ReadLimits = READ_LIMITS): Map<string, ExportFile> {
  const root = rootOf(dir);
  const files = new Map<string, ExportFile>();
  const hasBase = existsSync(join(root, BASE_FILES.object));
  let held = 0;
  for (const path of regularFiles(root, failures, limits)) {
    const file = readRegularFile(join(root, path), {
      keep: !path.startsWith(ARTIFACTS),
      identify: hasBase && path.startsWith(ARTIFACTS),
      limit: path.startsWith(ARTIFACTS) ? limits.artifactBytes : Math.min(limits.fileBytes, limits.heldBytes - held),
    });
    if (typeof file === 'string')
      failures.add(path, file === 'too large' ? 'VERIFY_LIMIT' : 'VERIFY_UNREADABLE', `the file is ${file}`);
    else files.set(path, file);
    if (typeof file !== 'string') held += file.bytes?.length ?? 0;
  }
  return files;
}

function rootOf(dir: string): string {
  try {
    return realpathSync(dir);
  } catch (error) {
    throw new NexusError('NOT_FOUND', `There is no folder ${dir}.`, { details: { path: dir }, cause: error });
  }
}

function regularFiles(root: string, failures: Failures, limits: ReadLimits): string[] {
  const files: string[] = [];
  const folders = [{ path: '', depth: 0 }];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const item of listFolder(root, folder.path, failures)) {
      const path = folder.path === '' ? item.name : `${folder.path}/${item.name}`;
      if (files.length === limits.files || folder.depth === limits.depth) {
        failures.add(path, 'VERIFY_LIMIT', `more than ${limits.files} files, or folders deeper than ${limits.depth}`);
        return files;
      }
      if (!isSafePath(path)) failures.add(path, 'VERIFY_PATH', 'the name is not safe to use');
      else if (item.isDirectory()) folders.push({ path, depth: folder.depth + 1 });
      else if (item.isFile()) files.push(path);
      else failures.add(path, 'VERIFY_FILE_KIND', `it is ${kindOf(item)}, not a file`);
    }
  }
  return files.toSorted(compareText);
}

function listFolder(root: string, path: string, failures: Failures): Dirent[] {
  try {
    return readdirSync(join(root, path), { withFileTypes: true });
  } catch (error) {
    failures.add(path || '.', 'VERIFY_UNREADABLE', messageOf(error));
    return [];
  }
}

function kindOf(item: Dirent): string {
  if (item.isSymbolicLink()) return 'a symbolic link';
  return item.isFIFO() ? 'a pipe' : item.isSocket() ? 'a socket' : 'a device';
}

const CHUNK = 2 ** 20;
const chunk = Buffer.alloc(CHUNK);

/** The file may have been exchanged since it was listed, so no link is followed and nothing is waited for. */
const SAFELY = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** The file, or in words why not. */
function readRegularFile(path: string, how: ReadHow): ExportFile | string {
  let file: number | undefined;
  try {
    file = openSync(path, SAFELY);
    const stat = fstatSync(file);
    if (!stat.isFile()) return 'not a regular file';
    if (stat.size > how.limit) return 'too large';
    return readOpened(file, stat.size, how) ?? 'too large';
  } catch (error) {
    return `unreadable (${systemCode(error) ?? messageOf(error)})`;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

interface ReadHow {
  keep: boolean;
  identify: boolean;
  limit: number;
}

function readOpened(file: number, size: number, { keep, identify, limit }: ReadHow): ExportFile | undefined {
  const ids = identify ? (['sha1', 'sha256'] as const).map((name) => createHash(name).update(`blob ${size}\0`)) : [];
  const hash = createHash('sha256');
  const parts: Buffer[] = [];
  let total = 0;
  for (let count = readSync(file, chunk); count > 0; count = readSync(file, chunk)) {
    total += count;
    if (total > limit) return undefined;
    const part = chunk.subarray(0, count);
    hash.update(part);
    for (const id of ids) id.update(part);
    if (keep) parts.push(Buffer.from(part));
  }
  const digest: Digest = `sha256:${hash.digest('hex')}`;
  if (keep) return { digest, bytes: Buffer.concat(parts) };
  const [sha1, own] = ids.map((id) => id.digest('hex'));
  return sha1 === undefined || own === undefined ? { digest } : { digest, blobIds: { sha1, sha256: own } };
}
