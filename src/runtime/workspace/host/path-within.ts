import { realpathSync } from 'node:fs';
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

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    // A link that leads to nothing yet would be followed when it is written through: nobody can say where to.
    return parent === path ? path : join(realOf(parent), basename(path));
  }
}
