import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';

import { NexusError } from '../base/errors.ts';
import { compareText } from '../base/text.ts';
import { emptyBundle, megabytes, tooLarge, unreadable } from './bundle/bundle-faults.ts';
import { BUNDLE_LIMITS } from './bundle/bundle-limits.ts';
import { decodeFiles, decodeText, type TextFault } from './bundle/decode-text.ts';
import { isSpecFile, isSpecFolder } from './bundle/spec-path.ts';

export interface BundleFile {
  /** Relative to the bundle's root, with `/`. */
  path: string;
  /** Without byte order mark; line ends as on disk. */
  text: string;
  /** Why it could not be read, if so; its text is empty then. */
  fault?: TextFault;
}

/** The files of a specification, in the order of their paths. */
export interface Bundle {
  /** Absolute. */
  root: string;
  /** Name of the folder, or of the file without its extension. */
  name: string;
  files: BundleFile[];
}

export interface ReadOptions {
  /** Which of a folder's files to read. */
  wanted?: (paths: readonly string[]) => readonly string[];
}

/**
 * Reads a bundle from a folder or a single file. `node_modules` and folders whose name begins with a dot are left out, but for
 * those of tools that write specifications, and so are files that are neither Markdown, JSON, YAML nor `.proto`. Throws `BUNDLE_*`.
 */
export function readBundle(path: string, options: ReadOptions = {}): Bundle {
  const stats = statOf(path);
  if (stats.isDirectory()) return readFolder(realpathSync(path), basename(resolve(path)), options);
  if (stats.isFile()) return readSingle(resolve(path));
  throw new NexusError('BUNDLE_UNREADABLE', `${path} is neither a file nor a folder.`, {
    hint: 'Name a folder or a file.',
    details: { path },
  });
}

function readSingle(path: string): Bundle {
  const file = { path: basename(path), text: decodeText(readBytes(path, basename(path)), basename(path)) };
  if (file.text.trim() === '') throw emptyBundle(path);
  return { root: dirname(path), name: basename(path, extname(path)), files: [file] };
}

function readFolder(root: string, name: string, { wanted = (paths) => paths }: ReadOptions): Bundle {
  const paths = wanted(new FolderWalk(root).specFiles());
  const bytes = paths.reduce((sum, path) => sum + statOf(join(root, path)).size, 0);
  if (bytes > BUNDLE_LIMITS.bundleBytes)
    throw tooLarge(root, `The bundle is larger than ${megabytes(BUNDLE_LIMITS.bundleBytes)}.`);
  const files = decodeFiles(paths, (path) => readBytes(join(root, path), path));
  if (files.every((file) => file.text.trim() === '')) throw emptyBundle(root);
  return { root, name, files };
}

/** Lists a folder without following what leads out of it. */
class FolderWalk {
  readonly #root: string;
  readonly #found: string[] = [];
  #entries = 0;

  constructor(root: string) {
    this.#root = root;
  }

  specFiles(): string[] {
    const pending = [''];
    for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
      for (const inner of this.#visit(folder)) pending.push(inner);
    }
    return this.#found.toSorted(compareText);
  }

  /** Notes the folder's files and returns its sub-folders. */
  #visit(folder: string): string[] {
    const folders: string[] = [];
    for (const entry of entriesOf(join(this.#root, folder))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      this.#count();
      if (entry.isSymbolicLink()) this.#refuseEscape(path);
      else if (entry.isDirectory() && isSpecFolder(entry.name)) folders.push(path);
      else if (entry.isFile() && isSpecFile(entry.name)) this.#add(path);
    }
    return folders;
  }

  #count(): void {
    this.#entries += 1;
    if (this.#entries > BUNDLE_LIMITS.entries)
      throw tooLarge(this.#root, `The folder has more than ${BUNDLE_LIMITS.entries.toLocaleString('en')} entries.`);
  }

  #add(path: string): void {
    this.#found.push(path);
    if (this.#found.length > BUNDLE_LIMITS.files)
      throw tooLarge(this.#root, `The bundle has more than ${BUNDLE_LIMITS.files.toLocaleString('en')} files.`);
  }

  /**
   * A link to inside of the root is passed over: what it names is read under its own path. One to nothing is a file that is missed, if it bears
   * the name of one.
   */
  #refuseEscape(path: string): void {
    if (!isSpecFile(path) && !existsSync(join(this.#root, path))) return;
    const target = realpathOf(join(this.#root, path), path);
    const within = relative(this.#root, target);
    if (within !== '..' && !within.startsWith(`..${sep}`) && resolve(target) !== resolve(sep)) return;
    throw new NexusError('BUNDLE_ESCAPE', `The symbolic link ${path} leads out of the bundle.`, {
      hint: 'Replace the link by a copy of what it names, or remove it.',
      details: { path },
    });
  }
}

/** Where a reference from one bundle file to another leads. Throws `BUNDLE_ESCAPE` if it leaves the root. */
export function resolveInBundle(from: string, reference: string): string {
  const parts = reference.startsWith('/') ? [] : from.split('/').slice(0, -1);
  for (const part of reference.split(/[/\\]/)) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) {
      const message = `${from} refers to ${reference}, which is outside of the bundle.`;
      throw new NexusError('BUNDLE_ESCAPE', message, {
        hint: 'Copy what it refers to into the bundle.',
        details: { path: from, reference },
      });
    }
  }
  return parts.join('/');
}

function entriesOf(folder: string): ReturnType<typeof readFolderEntries> {
  try {
    return readFolderEntries(folder);
  } catch (error) {
    throw unreadable(folder, error);
  }
}

function readFolderEntries(folder: string) {
  return readdirSync(folder, { withFileTypes: true });
}

function realpathOf(path: string, shown: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    throw unreadable(shown, error);
  }
}

function statOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Reads at most the limit, whatever the size on disk does meanwhile. */
function readBytes(path: string, shown: string): Buffer {
  let handle: number | undefined;
  try {
    handle = openSync(path, 'r');
    const { size } = fstatSync(handle);
    if (size > BUNDLE_LIMITS.fileBytes) throw tooLarge(shown, `${shown} is larger than ${megabytes(BUNDLE_LIMITS.fileBytes)}.`);
    const bytes = Buffer.alloc(size);
    let length = 0;
    for (let read = -1; read !== 0 && length < size; length += read)
      read = readSync(handle, bytes, length, size - length, length);
    return bytes.subarray(0, length);
  } catch (error) {
    throw error instanceof NexusError ? error : unreadable(shown, error);
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
