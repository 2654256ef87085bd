import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs';
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

/** The folders that a command must be able to read to start: where its files lie, where their links lead, and the packages around them. */
export function commandFolders(command: readonly string[]): string[] {
  const files = command.filter((word) => isAbsolute(word) && existsSync(word));
  const node = dirname(dirname(realpathSync(process.execPath)));
  return [...new Set([...files.flatMap((file) => [dirname(file), installationOf(realpathSync(file))]), node])];
}

/** Where all that a program is made of was put: the folder around all its packages, the nearest package, or its own folder. */
function installationOf(file: string): string {
  const packages = file.indexOf(`${sep}node_modules${sep}`);
  if (packages !== -1) return file.slice(0, packages);
  for (let folder = dirname(file); dirname(folder) !== folder; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
  }
  return dirname(file);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
