import { basename, dirname, join } from 'node:path';

const SUFFIX = '.lock.yaml';

/** Whether a file is a lock, of this or of another bundle; locks are never read as specification. */
export function isLockFile(path: string): boolean {
  return path.endsWith(SUFFIX);
}

/** Where the lock of a bundle lies: `spec.lock.yaml` in a folder, `NAME.lock.yaml` beside a file or an archive. */
export function lockPath(bundle: string, { isFolder }: { isFolder: boolean }): string {
  if (isFolder) return join(bundle, `spec${SUFFIX}`);
  return join(dirname(bundle), `${basename(bundle).replace(/(?:\.tar)?\.[^.]+$/, '')}${SUFFIX}`);
}
