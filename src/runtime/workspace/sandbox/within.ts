import { isAbsolute, relative, sep } from 'node:path';

/** Whether a path is a folder, or lies in it; both absolute. */
export function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** Each once, without those that lie in another one of them. */
export function outermost(folders: readonly string[]): string[] {
  return [...new Set(folders)].filter((folder) => !folders.some((other) => other !== folder && isWithin(folder, other)));
}
