import { realpathSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';

import { archiveAddress } from '../runtime/workspace/archive-address.ts';
import { repositoryAround } from '../runtime/workspace/git/repository-around.ts';
import { gitAddress } from '../runtime/workspace/git-address.ts';
import { isArchive } from '../spec/archive/is-archive.ts';

/**
 * Turns a file name of a bundle (relative to its root) into one relative to the working folder, with `/`: what editors open. Files of
 * an archive are named behind it, and those of a git repository by their path there.
 */
export function bundleLocator(bundle: string, cwd: string): (file: string) => string {
  return locatorFrom(bundle, { cwd, base: cwd });
}

/** The same, relative to the repository that the bundle lies in: what services read that know no working folder. */
export function repositoryLocator(bundle: string, cwd: string): (file: string) => string {
  return locatorFrom(bundle, { cwd, base: repositoryAround(resolve(cwd, bundle)) ?? cwd });
}

function locatorFrom(bundle: string, { cwd, base }: { cwd: string; base: string }): (file: string) => string {
  const archive = archiveAddress(bundle);
  if (archive !== undefined) return (file) => `${archive.shown}/${file}`;
  const address = gitAddress(bundle, cwd);
  if (address !== undefined) return (file) => inRepository(address.path, file);
  const path = resolve(cwd, bundle);
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const root = isFolder || isArchive(path) ? path : resolve(path, '..');
  const [top, from] = [realFolder(root), realFolder(base)];
  return (file) => {
    const near = relative(from, join(top, file));
    return (near.split(sep)[0] === '..' ? join(root, file) : near).split(sep).join('/');
  };
}

/** Without links, so that one path leads to another. */
function realFolder(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** The path of a single file names that file itself. */
function inRepository(path: string, file: string): string {
  return path === '' || path === file || path.endsWith(`/${file}`) ? path || file : `${path}/${file}`;
}
