import { readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/**
 * Where a path that an agent has named really leads, seen from the real folder `root`: `src/a.ts`, or an absolute path where it leads out. Links
 * on the way are followed as far as it exists; what does not exist yet lies where it would be made.
 */
export function pathWithin(root: string, path: string): string {
  const real = realOf(resolve(root, path));
  const within = relative(root, real);
  if (within === '' || within === '..' || within.startsWith(`..${sep}`) || isAbsolute(within)) return real;
  return within.split(sep).join('/');
}

/** Links that lead to links at most. */
const MAX_LINKS = 40;

function realOf(path: string, links = 0): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    if (parent === path || links === MAX_LINKS) return path;
    // A link that leads to nothing yet is followed when it is written through.
    const target = linkAt(path);
    return target === undefined ? join(realOf(parent, links), basename(path)) : realOf(resolve(parent, target), links + 1);
  }
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
