import { isLockFile } from '../lock/lock-path.ts';

const SPEC_FILES = /\.(?:md|markdown|jsonl?|ya?ml|proto)$/i;
/** Hidden folders in which tools keep specifications. */
const SPEC_FOLDERS = new Set(['.backlog', '.beads', '.kiro', '.planning', '.specify', '.taskmaster']);

/** Hidden files in which tools keep what belongs to a specification. */
const SPEC_DOT_FILES = new Set(['.openspec.yaml']);

/** Whether a file of this name may be specification. */
export function isSpecFile(name: string): boolean {
  return SPEC_FILES.test(name) && (!name.startsWith('.') || SPEC_DOT_FILES.has(name)) && !isLockFile(name);
}

/** Whether a folder of this name may hold specification. */
export function isSpecFolder(name: string): boolean {
  return name.startsWith('.') ? SPEC_FOLDERS.has(name.toLowerCase()) : name !== 'node_modules';
}

/** Whether a folder that is walked from its root would read the file at this path. */
export function isSpecPath(path: string): boolean {
  const folders = path.split('/');
  const name = folders.pop() ?? '';
  return isSpecFile(name) && folders.every(isSpecFolder);
}
