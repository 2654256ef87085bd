import { statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';

/** Turns a file name of a bundle (relative to its root) into one relative to the working folder, with `/`: what editors open. */
export function bundleLocator(bundle: string, cwd: string): (file: string) => string {
  const path = resolve(cwd, bundle);
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const root = isFolder ? path : resolve(path, '..');
  return (file) => {
    const full = join(root, file);
    const near = relative(cwd, full);
    return (near.startsWith('..') ? full : near).split(sep).join('/');
  };
}
