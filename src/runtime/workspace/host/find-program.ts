import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, sep } from 'node:path';

/** Where a program is: in a folder of `path`, or where its absolute path says. Undefined if it is nowhere, or cannot be run. */
export function findProgram(name: string, path: string): string | undefined {
  if (isAbsolute(name)) return isProgram(name) ? name : undefined;
  if (name.includes('/')) return undefined;
  return path
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, name))
    .find(isProgram);
}

/**
 * The folders that a program must be able to read to start: where it lies, where its links lead, and, for one that a package manager has installed,
 * the tree of packages around it.
 */
export function programFolders(program: string): string[] {
  const real = realpathSync(program);
  const packages = real.indexOf(`${sep}node_modules${sep}`);
  const node = dirname(dirname(realpathSync(process.execPath)));
  return [...new Set([dirname(program), dirname(real), ...(packages === -1 ? [] : [real.slice(0, packages)]), node])];
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
