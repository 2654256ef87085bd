import { isUtf8 } from 'node:buffer';
import { closeSync, fstatSync, openSync, readdirSync, readSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';

import { NexusError, systemCode } from '../base/errors.ts';
import { compareText } from '../base/text.ts';

export interface BundleFile {
  /** Relative to the bundle's root, with `/`. */
  path: string;
  /** Without byte order mark; line ends as on disk. */
  text: string;
}

/** The files of a specification, in the order of their paths. */
export interface Bundle {
  /** Absolute. */
  root: string;
  /** Name of the folder, or of the file without its extension. */
  name: string;
  files: BundleFile[];
}

const BUNDLE_LIMITS = { fileBytes: 16 * 2 ** 20, bundleBytes: 64 * 2 ** 20, files: 20_000, entries: 200_000 } as const;

const SPEC_FILES = /\.(?:md|markdown|json|ya?ml)$/i;
const ARCHIVES = /\.(?:tar|tar\.gz|tgz|zip)$/i;
const REMOTE = /^(?:git@|git\+|[a-z][a-z0-9+.-]+:\/\/)/i;

/**
 * Reads a bundle from a folder or a single file. Folders whose name begins with a dot and `node_modules` are left out, and so
 * are files that are neither Markdown, JSON nor YAML. Throws `BUNDLE_*` or `NOT_BUILT`.
 */
export function readBundle(path: string): Bundle {
  if (REMOTE.test(path) || path.includes('.git#')) throw notBuilt(path, 'a remote bundle');
  const stats = statOf(path);
  if (stats.isFile() && ARCHIVES.test(path)) throw notBuilt(path, 'a packed bundle');
  if (stats.isDirectory()) return readFolder(realpathSync(path), basename(resolve(path)));
  if (stats.isFile()) return readSingle(resolve(path));
  throw new NexusError('BUNDLE_UNREADABLE', `${path} is neither a file nor a folder.`, {
    hint: 'Name a folder or a file.',
    details: { path },
  });
}

function readSingle(path: string): Bundle {
  const file = { path: basename(path), text: readText(path, basename(path)) };
  if (file.text.trim() === '') throw empty(path);
  return { root: dirname(path), name: basename(path, extname(path)), files: [file] };
}

function readFolder(root: string, name: string): Bundle {
  const paths = new FolderWalk(root).specFiles();
  const bytes = paths.reduce((sum, path) => sum + statOf(join(root, path)).size, 0);
  if (bytes > BUNDLE_LIMITS.bundleBytes)
    throw tooLarge(root, `The bundle is larger than ${megabytes(BUNDLE_LIMITS.bundleBytes)}.`);
  const files = paths.map((path) => ({ path, text: readText(join(root, path), path) }));
  if (files.every((file) => file.text.trim() === '')) throw empty(root);
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
      else if (entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules') folders.push(path);
      else if (entry.isFile() && SPEC_FILES.test(entry.name) && !entry.name.startsWith('.')) this.#add(path);
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

  /** A link to inside of the root is passed over: what it names is read under its own path. */
  #refuseEscape(path: string): void {
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

function readText(path: string, shown: string): string {
  const bytes = readBytes(path, shown);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) throw badEncoding(shown, 0, 1);
  const zero = bytes.indexOf(0);
  if (zero !== -1) {
    const hint = 'Take it out of the bundle, or save it as plain text.';
    throw new NexusError('BUNDLE_BINARY', `${shown} is not text: byte ${zero} is NUL.`, {
      hint,
      details: { path: shown, offset: zero },
    });
  }
  if (!isUtf8(bytes)) refuseEncoding(bytes, shown);
  const text = bytes.toString('utf8');
  return text.startsWith('\u{FEFF}') ? text.slice(1) : text;
}

/** Finds the first byte that is wrong: a replacement character that the source does not itself contain. */
function refuseEncoding(bytes: Buffer, shown: string): never {
  const text = bytes.toString('utf8');
  let offset = 0;
  let line = 1;
  let from = 0;
  for (let at = text.indexOf('\u{FFFD}'); at !== -1; at = text.indexOf('\u{FFFD}', from)) {
    const before = text.slice(from, at);
    offset += Buffer.byteLength(before);
    line += before.split('\n').length - 1;
    const isReal = bytes[offset] === 0xef && bytes[offset + 1] === 0xbf && bytes[offset + 2] === 0xbd;
    if (!isReal) break;
    offset += 3;
    from = at + 1;
  }
  throw badEncoding(shown, offset, line);
}

function badEncoding(path: string, offset: number, line: number): NexusError {
  const message = `${path} is not UTF-8: byte ${offset}, on line ${line}, is wrong.`;
  return new NexusError('BUNDLE_ENCODING', message, { hint: 'Save the file as UTF-8.', details: { path, offset, line } });
}

function empty(path: string): NexusError {
  const hint = 'A specification is one or more Markdown files; `spec-kit init` writes a first one.';
  return new NexusError('BUNDLE_EMPTY', `There is no specification in ${path}.`, { hint, details: { path } });
}

function tooLarge(path: string, message: string): NexusError {
  const hint = `A bundle may have ${megabytes(BUNDLE_LIMITS.bundleBytes)} in ${BUNDLE_LIMITS.files.toLocaleString('en')} files, ${megabytes(BUNDLE_LIMITS.fileBytes)} each. Name the folder that holds only the specification.`;
  return new NexusError('BUNDLE_TOO_LARGE', message, { hint, details: { path } });
}

function unreadable(path: string, error: unknown): NexusError {
  const code = systemCode(error);
  const missing = code === 'ENOENT' || code === 'ENOTDIR';
  if (missing)
    return new NexusError('BUNDLE_NOT_FOUND', `There is no ${path}.`, {
      hint: 'Check the path.',
      details: { path },
      cause: error,
    });
  const hint = 'Give yourself read access to it, or take it out of the bundle.';
  return new NexusError('BUNDLE_UNREADABLE', `Cannot read ${path} (${code ?? 'unknown error'}).`, {
    hint,
    details: { path, systemCode: code },
    cause: error,
  });
}

function notBuilt(path: string, what: string): NexusError {
  const hint = 'Unpack or clone it, and name the folder.';
  return new NexusError('NOT_BUILT', `Reading ${what} (${path}) is not built yet.`, { hint, details: { path } });
}

function megabytes(bytes: number): string {
  return `${bytes / 2 ** 20} MiB`;
}
