import { join } from 'node:path';

import { fs } from './builtin.js';

/** What a build is made from. The published package holds none of `src/`, so there a build is always current. */
const SOURCES = ['src', 'schemas'];

/** Written last by the build, dated at its start: whatever changed while it ran counts as newer. */
export const STAMP = join('dist', '.stamp');

/**
 * Whether `dist/` is there and no source file or folder is newer.
 *
 * @param {string} root
 */
export function isBuildCurrent(root) {
  const built = fs.statSync(join(root, STAMP), { throwIfNoEntry: false })?.mtimeMs;
  if (built === undefined) return false;
  if (fs.statSync(join(root, 'src'), { throwIfNoEntry: false }) === undefined) return true;
  return SOURCES.every((folder) => !hasNewer(join(root, folder), built));
}

/**
 * @param {string} path
 * @param {number} time
 * @returns {boolean}
 */
function hasNewer(path, time) {
  // A folder's own time tells of files removed from it.
  const stat = fs.statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  if (stat.mtimeMs > time) return true;
  return fs.readdirSync(path, { withFileTypes: true }).some((entry) => {
    // `join` would look at every letter of every path, of more than a thousand.
    const child = `${path}/${entry.name}`;
    if (entry.isDirectory()) return hasNewer(child, time);
    return (fs.statSync(child, { throwIfNoEntry: false })?.mtimeMs ?? 0) > time;
  });
}
