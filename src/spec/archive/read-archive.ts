import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { createGunzip } from 'node:zlib';

import { NexusError } from '../../base/errors.ts';
import { compareText, grouped } from '../../base/text.ts';
import { emptyBundle, megabytes, tooLarge, unreadable } from '../bundle/bundle-faults.ts';
import { BUNDLE_LIMITS } from '../bundle/bundle-limits.ts';
import { decodeFiles, decodeText } from '../bundle/decode-text.ts';
import { isSpecFile, isSpecFolder, isSpecPath } from '../bundle/spec-path.ts';
import type { Bundle, ReadOptions } from '../read-bundle.ts';
import { ARCHIVE } from './is-archive.ts';
import { badArchive, type PackedEntry, TOP_MARK, type Wanted } from './packed-entry.ts';
import { tarEntries } from './tar-entries.ts';
import { UnpackedSize } from './unpacked-size.ts';
import { zipEntries } from './zip-entries.ts';

export interface PackedBundle extends Bundle {
  /** Files at its root that are no specification, as far as they were asked for. */
  beside: ReadonlyMap<string, string>;
}

/**
 * Reads a bundle from a tar archive, plain or with gzip, or from a zip archive, in memory: nothing is written anywhere. A single
 * top folder is left out of the paths; it names the bundle. Throws `BUNDLE_ARCHIVE`, `BUNDLE_ESCAPE`, `BUNDLE_TOO_LARGE` and what folders throw.
 */
export async function readArchive(
  path: string,
  { wanted = (paths) => paths, beside = [] }: ReadOptions & { beside?: readonly string[] } = {},
): Promise<PackedBundle> {
  const archive = basename(path);
  const { entries, top } = withoutTop(await entriesOf(path, archive, beside));
  refuseClashes(entries, archive);
  const specs = new Map(
    entries.filter((entry) => entry.kind === 'file' && isSpecPath(entry.path)).map((each) => [each.path, each]),
  );
  if (specs.size > BUNDLE_LIMITS.files)
    throw tooLarge(archive, `The bundle has more than ${grouped(BUNDLE_LIMITS.files)} files.`);
  const paths = wanted([...specs.keys()].toSorted(compareText));
  const bytes = paths.reduce((sum, each) => sum + (specs.get(each)?.size ?? 0), 0);
  if (bytes > BUNDLE_LIMITS.bundleBytes)
    throw tooLarge(archive, `The bundle is larger than ${megabytes(BUNDLE_LIMITS.bundleBytes)}.`);
  const files = decodeFiles(paths, (each) => contentOf(specs.get(each), each));
  if (files.every((file) => file.text.trim() === '')) throw emptyBundle(path);
  const others = entries.filter((entry) => entry.kind === 'file' && beside.includes(entry.path));
  return {
    root: path,
    name: top ?? archive.replace(ARCHIVE, ''),
    files,
    beside: new Map(others.map((entry) => [entry.path, decodeText(contentOf(entry, entry.path), entry.path)])),
  };
}

function contentOf(entry: PackedEntry | undefined, path: string): Buffer {
  if (entry?.content === undefined) throw tooLarge(path, `${path} is larger than ${megabytes(BUNDLE_LIMITS.fileBytes)}.`);
  return entry.content;
}

async function entriesOf(path: string, archive: string, beside: readonly string[]): Promise<PackedEntry[]> {
  try {
    const { size } = statSync(path);
    const limit = new UnpackedSize(archive, size);
    const wanted: Wanted = (name, bytes) => {
      if (bytes > BUNDLE_LIMITS.fileBytes || !mayBeWanted(name, beside)) return false;
      limit.keep(bytes);
      return true;
    };
    return kindOf(path) === 'zip' ? readZip({ path, size }, limit, wanted) : await readTar({ path, archive }, limit, wanted);
  } catch (error) {
    if (error instanceof NexusError) throw error;
    if (isZlibError(error)) throw badArchive(archive, 'it is damaged or cut short', error);
    throw unreadable(path, error);
  }
}

function readZip({ path, size }: { path: string; size: number }, limit: UnpackedSize, wanted: Wanted): PackedEntry[] {
  const entries: PackedEntry[] = [];
  const wantedWithin: Wanted = (name, bytes) => {
    limit.add(bytes);
    return wanted(name, bytes);
  };
  for (const entry of zipEntries(path, size, wantedWithin)) {
    limit.addEntry();
    entries.push(entry);
  }
  return entries;
}

async function readTar(
  { path, archive }: { path: string; archive: string },
  limit: UnpackedSize,
  wanted: Wanted,
): Promise<PackedEntry[]> {
  const packed = createReadStream(path, { highWaterMark: 2 ** 18 });
  const unpacked = kindOf(path) === 'gzip' ? packed.pipe(createGunzip({ chunkSize: 2 ** 18 })) : packed;
  packed.once('error', (error) => unpacked.destroy(error));
  const entries: PackedEntry[] = [];
  try {
    for await (const entry of tarEntries(counted(unpacked, limit), archive, wanted)) {
      limit.addEntry();
      entries.push(entry);
    }
    return entries;
  } finally {
    packed.destroy();
    unpacked.destroy();
  }
}

async function* counted(chunks: AsyncIterable<Buffer>, limit: UnpackedSize): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    limit.add(chunk.length);
    yield chunk;
  }
}

/** By the first bytes: names say only that it is an archive. */
function kindOf(path: string): 'zip' | 'gzip' | 'tar' {
  const head = Buffer.alloc(4);
  const handle = openSync(path, 'r');
  try {
    readSync(handle, head, 0, 4, 0);
  } finally {
    closeSync(handle);
  }
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  return head[0] === 0x50 && head[1] === 0x4b ? 'zip' : 'tar';
}

/** Before it is known whether there is a single top folder: the first name may be it, and be called anything. */
function mayBeWanted(path: string, beside: readonly string[]): boolean {
  const parts = path.split('/');
  const name = parts.at(-1) ?? '';
  return (isSpecFile(name) && parts.slice(1, -1).every(isSpecFolder)) || (parts.length <= 2 && beside.includes(name));
}

/** Folders that mean something to a dialect: an archive of one of these alone is that folder's repository, and not its content. */
const MEANINGFUL = new Set(['backlog', 'docs', 'openspec', 'specs', 'tasks']);
/** What macOS adds to archives. */
const RUBBISH = /(?:^|\/)(?:__MACOSX(?:\/|$)|\.DS_Store$|\._[^/]*$)/;

function withoutTop(entries: readonly PackedEntry[]): { entries: PackedEntry[]; top?: string } {
  const real = entries.filter(({ path }) => path !== '' && !RUBBISH.test(path));
  const tops = new Set(real.map(({ path }) => path.split('/', 1)[0] ?? ''));
  const [top = ''] = tops;
  const isNested = real.every(({ path, kind }) => path !== top || kind === 'folder');
  const isContent = MEANINGFUL.has(top) || (top.startsWith('.') && isSpecFolder(top));
  const isMarked = real.some(({ path }) => path === `${top}/${TOP_MARK}`);
  if (tops.size !== 1 || !isNested || (isContent && !isMarked)) return { entries: real };
  const inside = real.flatMap((entry) => (entry.path === top ? [] : [{ ...entry, path: entry.path.slice(top.length + 1) }]));
  return { entries: inside, top };
}

/** Two files of one name would be one file on many systems, and which of the two is read must not be left to chance. */
function refuseClashes(entries: readonly PackedEntry[], archive: string): void {
  const links = new Set(entries.filter(({ kind }) => kind === 'link').map(({ path }) => path));
  const seen = new Map<string, string>();
  for (const { path, kind } of entries) {
    for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
      if (links.has(path.slice(0, end))) throw badArchive(archive, `${path} lies behind a link`);
    }
    if (kind !== 'file' || !isSpecPath(path)) continue;
    const folded = path.normalize('NFC').toLowerCase();
    const other = seen.get(folded);
    if (other !== undefined)
      throw badArchive(archive, other === path ? `${path} is in it twice` : `${other} and ${path} differ in case only`);
    seen.set(folded, path);
  }
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_');
}
