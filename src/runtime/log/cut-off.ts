import { statSync } from 'node:fs';

import type { LogDatabase } from './database.ts';
import { pagesInWal } from './wal.ts';

/**
 * What of the database is nowhere, if its file ends before its last page does. A writer that died before or while it moved pages from the WAL leaves
 * such a file, too, but then the WAL has each page that the file lacks. SQLite itself reads zeros instead of what was cut off, and notices
 * only where the structure of a page is lost with it.
 *
 * The caller is the writer, or has read something in a transaction: what it sees then stays where it is. The file is not opened here: closing it
 * would end the locks that SQLite has on it (POSIX, `fcntl`).
 */
export function cutOff(database: LogDatabase): string | undefined {
  const { size } = statSync(database.path);
  const { pages, page } = database.get<Shape>(
    'SELECT page_count AS pages, page_size AS page FROM pragma_page_count, pragma_page_size',
  ) as Shape;
  if (size >= pages * page) return undefined;
  const inWal = pagesInWal(`${database.path}-wal`);
  for (let number = Math.floor(size / page) + 1; number <= pages; number++) {
    if (!inWal.has(number)) return `it ends at byte ${size}, and page ${number} of ${pages} is not in its WAL either`;
  }
  return undefined;
}

interface Shape {
  pages: number;
  /** Bytes. */
  page: number;
}
