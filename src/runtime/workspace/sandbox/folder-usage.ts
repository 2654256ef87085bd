import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A name and what is known of a file take room too, and a file system has only so many of them. */
const ENTRY_BYTES = 512;

/** Bytes that lie on disk below folders, holes not counted, each file once; stops counting beyond `enough`. Follows no link. */
export async function folderUsage(folders: readonly string[], enough: number): Promise<number> {
  const seen = new Set<string>();
  let bytes = 0;
  for (const queue = [...folders]; queue.length > 0 && bytes <= enough;) {
    const folder = queue.pop() ?? '';
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) queue.push(path);
      const { blocks, dev, ino, nlink } = await lstat(path).catch(() => ({ blocks: 0, dev: 0, ino: 0, nlink: 1 }));
      const file = `${dev}:${ino}`;
      if (nlink > 1 && !entry.isDirectory() && seen.has(file)) continue;
      if (nlink > 1) seen.add(file);
      bytes += blocks * 512 + ENTRY_BYTES;
    }
  }
  return bytes;
}
