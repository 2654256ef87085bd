import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

import type { LogDatabase } from './database.ts';
import { corruptDatabase } from './database-error.ts';

/**
 * Whether the database file is shorter than its header says, or ends inside of a page (SQLite file format, §1.3): it was cut off, or its writer died
 * while it moved pages from the WAL, which then has them all. SQLite itself notices when it reads such a page, or not at all.
 */
export function isCutOff(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const header = Buffer.alloc(32);
    readSync(file, header, 0, header.length, 0);
    const { size } = fstatSync(file);
    const stated = header.readUInt16BE(16);
    const page = stated === 1 ? 65_536 : stated;
    return size % page !== 0 || size < header.readUInt32BE(28) * page;
  } finally {
    closeSync(file);
  }
}

/** Reads the whole database. Throws `WORKSPACE_CORRUPT` if a page of it is damaged. */
export function checkPages(database: LogDatabase): void {
  const found = database.get<{ integrity_check: string }>('PRAGMA integrity_check(1)')?.integrity_check ?? 'ok';
  if (found !== 'ok') throw corruptDatabase(database.path, found.replaceAll('\n', ' '));
}
