import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The topmost folder of the repository that a path lies in; undefined where there is none. Looks at files only, and starts nothing. */
export function repositoryAround(path: string): string | undefined {
  for (let folder = existsSync(path) ? realpathSync(path) : path; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
