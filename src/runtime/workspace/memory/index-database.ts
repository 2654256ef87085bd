import { join } from 'node:path';

import type { LogDatabase } from '../../log/database.ts';
import { openDerivedDatabase, removeDerivedDatabase } from '../../log/derived-database.ts';

/**
 * The index over the files of the memory and over what the log says of them; both are the truth, this is not. Each scope has an FTS5 table of its own, so
 * that not even the statistics of a scope can be felt by somebody who may not read it. `vector` has components in eight bits, `vector_bits` the signs alone; `scope.removals` tells readers that what they hold of the scope is not a beginning of it any more.
 */
const SCHEMA = `
  CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE scope(
    n INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, size INTEGER NOT NULL DEFAULT 0, removals INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE entry(
    n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, scope INTEGER NOT NULL, kind TEXT NOT NULL, agent TEXT,
    sha256 TEXT NOT NULL, at TEXT NOT NULL, provenance TEXT NOT NULL, text TEXT NOT NULL
  ) STRICT;
  CREATE INDEX entry_scope ON entry(scope, at);
  CREATE TRIGGER entry_never_changes BEFORE UPDATE ON entry BEGIN SELECT raise(ABORT, 'an entry never changes'); END;
  CREATE TABLE file(path TEXT PRIMARY KEY, stamp TEXT NOT NULL, entry INTEGER, trust TEXT, fault TEXT) STRICT, WITHOUT ROWID;
  CREATE INDEX file_entry ON file(entry);
  CREATE TABLE standing(id TEXT PRIMARY KEY, there INTEGER NOT NULL, trust TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE vector_bits(scope INTEGER, entry INTEGER, tie INTEGER NOT NULL, bits BLOB NOT NULL, PRIMARY KEY(scope, entry)) STRICT, WITHOUT ROWID;
  CREATE TABLE vector(scope INTEGER, entry INTEGER, scale REAL NOT NULL, data BLOB NOT NULL, PRIMARY KEY(scope, entry)) STRICT, WITHOUT ROWID
`;

const DERIVED = { applicationId: 0x414e_584d, version: 1, schema: SCHEMA };

export function memoryDatabasePath(dir: string): string {
  return join(dir, 'memory.db');
}

export function openMemoryDatabase(dir: string): LogDatabase {
  return openDerivedDatabase(memoryDatabasePath(dir), DERIVED);
}

export function removeMemoryDatabase(dir: string): void {
  removeDerivedDatabase(memoryDatabasePath(dir));
}

/** Name of the FTS5 table of a scope. The number is our own. */
export function textTable(scope: number): string {
  return `text_${Math.trunc(scope)}`;
}

function scopeNumber(db: LogDatabase, name: string): number | undefined {
  return db.get<{ n: number }>('SELECT n FROM scope WHERE name = ?', name)?.n;
}

/** The scope's number; made, with its table, if there is none. */
export function ensureScope(db: LogDatabase, name: string): number {
  const known = scopeNumber(db, name);
  if (known !== undefined) return known;
  db.run('INSERT INTO scope(name) VALUES (?)', name);
  const made = scopeNumber(db, name);
  if (made === undefined) throw new RangeError(`scope ${name} was not made`);
  db.exec(
    `CREATE VIRTUAL TABLE ${textTable(made)} USING fts5(text, content='', contentless_delete=1, tokenize='porter unicode61')`,
  );
  return made;
}

export function readMeta(db: LogDatabase, key: string): string | undefined {
  return db.get<{ value: string }>('SELECT value FROM meta WHERE key = ?', key)?.value;
}

export function writeMeta(db: LogDatabase, key: string, value: string): void {
  db.run('INSERT INTO meta(key, value) VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value', key, value);
}
