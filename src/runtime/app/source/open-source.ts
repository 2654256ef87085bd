import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

import { NexusError, systemCode } from '../../../base/errors.ts';
import { isArchive } from '../../../spec/archive/is-archive.ts';
import { dialectFiles, openBundle } from '../../../spec/open-bundle.ts';
import { CONFIG_FILE } from '../../../spec/levels/level-rules.ts';
import { lockPath } from '../../../spec/lock/lock-path.ts';
import type { Bundle } from '../../../spec/read-bundle.ts';
import { type ArchiveAddress, archiveAddress } from '../../workspace/archive-address.ts';
import { elsewhere } from '../../workspace/bundle-address.ts';
import { type GitAddress, gitAddress, shownBundle } from '../../workspace/git-address.ts';
import { readConfig } from '../config.ts';
import { Configuration, type ConfigurationPlace } from './configuration.ts';
import type { CallContext } from '../operations.ts';

/** A bundle, and what lies around it. */
export interface Source {
  bundle: Bundle;
  /** URI of where it comes from, the commit included where there is one, and never a password. */
  origin: string;
  lock: LockFile;
  /** `.agentnexus.yaml`, where there is one. */
  config: Configuration | undefined;
  /** Why nothing can be written into the source, where it cannot. */
  fixed?: string;
}

/** The lock file of a bundle, whether it is there or not. */
export interface LockFile {
  /** Absolute, or where it lies in what was fetched. */
  path: string;
  text: string | undefined;
  /** Why it cannot be written, where it cannot. */
  fixed?: string;
}

interface Input {
  bundle: string;
  dialect?: string;
  /** Boxes are to be ticked: the source must be one that can be written. */
  tick?: boolean;
}

const LOCK = basename(lockPath('.', { isFolder: true }));
const BESIDE = [LOCK, CONFIG_FILE];

const IN_ARCHIVE = 'it lies in an archive';
const IN_GIT = 'it lies in a git repository';

/**
 * Reads the bundle that a BUNDLE argument names: a folder, a file, an archive, here or on another machine, or an address in a git repository. Throws
 * `BUNDLE_*`, and `USAGE` where boxes are to be ticked in what cannot be written.
 */
export async function openSource(input: Input, context: CallContext): Promise<Source> {
  const away = input.tick === true ? elsewhere(input.bundle, context.cwd) : undefined;
  if (away !== undefined) throw untickable(input.bundle, away);
  const archive = archiveAddress(input.bundle);
  if (archive !== undefined) return openDownload(archive, input, context);
  const address = gitAddress(input.bundle, context.cwd);
  if (address !== undefined) return openRemote(address, input, context);
  const path = resolve(context.cwd, input.bundle);
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  if (isFile && isArchive(path)) {
    if (input.tick === true) throw untickable(input.bundle, IN_ARCHIVE);
    return openArchive(path, input);
  }
  const bundle = openBundle(path, dialectOf(input));
  const config = configAbove(isFile ? dirname(path) : path);
  return { bundle, origin: pathToFileURL(path).href, lock: lockBeside(path), config };
}

/** `place` is what it is called, where that is not the path. */
async function openArchive(path: string, input: Input, place = path): Promise<Source> {
  const { readArchive } = await import('../../../spec/archive/read-archive.ts');
  const bundle = await readArchive(path, { ...dialectFiles(dialectOf(input)), beside: BESIDE });
  const text = bundle.beside.get(LOCK);
  const lock = text === undefined ? lockBeside(path) : { path: `${place}/${LOCK}`, text, fixed: IN_ARCHIVE };
  const config = bundle.beside.get(CONFIG_FILE);
  return {
    bundle,
    origin: pathToFileURL(path).href,
    lock,
    config:
      config === undefined
        ? undefined
        : new Configuration({ path: `${place}/${CONFIG_FILE}`, text: config, folder: '', isLocal: false }),
    fixed: IN_ARCHIVE,
  };
}

/** As if it lay here, but for its name, and that nothing lies beside it. */
async function openDownload(address: ArchiveAddress, input: Input, { drain }: CallContext): Promise<Source> {
  const { downloadArchive } = await import('../../workspace/download-archive.ts');
  const { path, digest, remove } = await downloadArchive(address, drain === undefined ? {} : { signal: drain });
  const { shown } = address;
  try {
    const source = await told(path, shown, () => openArchive(path, input, shown));
    return {
      ...source,
      bundle: { ...source.bundle, root: shown },
      origin: `${shown}#${digest.replace(':', '=')}`,
      lock: { path: `${shown}/${LOCK}`, text: source.lock.text, fixed: IN_ARCHIVE },
    };
  } finally {
    remove();
  }
}

async function openRemote(address: GitAddress, input: Input, { drain }: CallContext): Promise<Source> {
  const { fetchBundle } = await import('../../workspace/fetch-bundle.ts');
  const fetched = await fetchBundle(address, {
    ...dialectFiles(dialectOf(input)),
    env: readConfig().git,
    beside: [...BESIDE, basename(lockPath(address.path || '.', { isFolder: false }))],
    ...(drain === undefined ? {} : { signal: drain }),
  });
  try {
    const isFolder = statSync(fetched.path).isDirectory();
    const shown = address.path === '' ? address.shown : `${address.shown}#${address.path}`;
    const bundle = await told(fetched.path, shown, () => openBundle(fetched.path, dialectOf(input)));
    const file = lockPath(address.path || '.', { isFolder });
    const lock = { path: file, text: textAt(join(fetched.root, file)), fixed: IN_GIT };
    const config = configIn(fetched.root, isFolder ? address.path : dirname(`/${address.path}`).slice(1));
    return {
      bundle: isFolder ? { ...bundle, name: nameOf(address) } : bundle,
      origin: fetched.origin,
      lock,
      config: config && new Configuration({ ...config, isLocal: false }),
      fixed: IN_GIT,
    };
  } finally {
    fetched.remove();
  }
}

function untickable(bundle: string, why: string): NexusError {
  return new NexusError('USAGE', `No box can be ticked in ${shownBundle(bundle)}: ${why}. Nothing was run.`, {
    hint: 'Leave --tick out, or name the folder or file on this machine that people edit.',
  });
}

/** What is wrong with the files is told of the address: the temporary folder says nothing to anybody. */
async function told<T>(path: string, shown: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof NexusError)) throw error;
    const said = <V>(value: V): V | string => (typeof value === 'string' ? value.replaceAll(path, shown) : value);
    throw new NexusError(error.code, said(error.message), {
      ...(error.hint === undefined ? {} : { hint: said(error.hint) }),
      details: Object.fromEntries(Object.entries(error.details ?? {}).map(([name, value]) => [name, said(value)])),
      cause: error,
    });
  }
}

function nameOf({ path, shown }: GitAddress): string {
  return basename(path === '' ? shown.replace(/[/\\]?(?:\.git)?[/\\]?$/, '').replace(/^.*:/, '') : path);
}

const dialectOf = ({ dialect }: Input): { dialect?: string } => (dialect === undefined ? {} : { dialect });

/** The configuration of a bundle on this machine, or of the working folder, for whoever does not read the bundle. */
export function localConfig(path: string | undefined, { cwd }: Pick<CallContext, 'cwd'>): Configuration | undefined {
  if (path === undefined) return configAbove(cwd);
  if (elsewhere(path, cwd) !== undefined) return undefined;
  const place = resolve(cwd, path);
  const stat = statSync(place, { throwIfNoEntry: false });
  if (stat === undefined || (stat.isFile() && isArchive(place))) return undefined;
  return configAbove(stat.isFile() ? dirname(place) : place);
}

/** The configuration in a folder, else in the root of the repository around it. */
function configAbove(folder: string): Configuration | undefined {
  const root = repositoryRoot(folder);
  const within = root === undefined ? '' : relative(root, folder).split(sep).join('/');
  const found = configIn(root ?? folder, within);
  return found && new Configuration({ ...found, path: join(root ?? folder, found.path), isLocal: true });
}

function configIn(root: string, folder: string): Omit<ConfigurationPlace, 'isLocal'> | undefined {
  const near = textAt(join(root, folder, CONFIG_FILE));
  if (near !== undefined) return { path: folder === '' ? CONFIG_FILE : `${folder}/${CONFIG_FILE}`, text: near, folder: '' };
  const text = textAt(join(root, CONFIG_FILE));
  return text === undefined ? undefined : { path: CONFIG_FILE, text, folder };
}

function repositoryRoot(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

function lockBeside(bundle: string): LockFile {
  const path = lockPath(bundle, { isFolder: statSync(bundle).isDirectory() });
  return { path, text: textAt(path) };
}

/** The text of a file that need not be there. */
function textAt(path: string): string | undefined {
  // What is no file may never end: a pipe, or a link to a device.
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) {
    throw new NexusError('BUNDLE_UNREADABLE', `${path} is no file.`, { hint: 'Move it away.', details: { path } });
  }
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new NexusError('BUNDLE_UNREADABLE', `Cannot read ${path} (${code ?? 'unknown error'}).`, {
      hint: 'Give yourself read access to it, or remove it.',
      details: { path, systemCode: code },
      cause: error,
    });
  }
}
