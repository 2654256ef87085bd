import { statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';

import { archiveAddress } from '../runtime/workspace/archive-address.ts';
import { gitAddress } from '../runtime/workspace/git-address.ts';
import { isArchive } from '../spec/archive/is-archive.ts';

/**
 * Turns a file name of a bundle (relative to its root) into one relative to the working folder, with `/`: what editors open. Files of
 * an archive are named behind it, and those of a git repository by their path there.
 */
export function bundleLocator(bundle: string, cwd: string): (file: string) => string {
  const archive = archiveAddress(bundle);
  if (archive !== undefined) return (file) => `${archive.shown}/${file}`;
  const address = gitAddress(bundle, cwd);
  if (address !== undefined) return (file) => inRepository(address.path, file);
  const path = resolve(cwd, bundle);
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const root = isFolder || isArchive(path) ? path : resolve(path, '..');
  return (file) => {
    const full = join(root, file);
    const near = relative(cwd, full);
    return (near.startsWith('..') ? full : near).split(sep).join('/');
  };
}

/** The path of a single file names that file itself. */
function inRepository(path: string, file: string): string {
  return path === '' || path === file || path.endsWith(`/${file}`) ? path || file : `${path}/${file}`;
}
