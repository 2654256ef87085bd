import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

import Sqlite from 'better-sqlite3';

import { NexusError } from '../../base/errors.ts';
import { LogDatabase } from './database.ts';
import { asDatabaseError } from './database-error.ts';

export interface DerivedSchema {
  /** In the header of the file. */
  applicationId: number;
  /** Raise it with every change of the schema, or of what is put into it. */
  version: number;
  /** DDL. */
  schema: string;
}

/**
 * Opens a database that holds nothing of its own: an index over files or over the log. What is damaged, or of another version, is thrown away and made
 * anew, empty; where nothing can be written it is kept in memory. A crash costs at most what can be made again, so it is not synced at each commit.
 */
export function openDerivedDatabase(path: string, schema: DerivedSchema): LogDatabase {
  try {
    return attempt(path, schema) ?? remade(path, schema);
  } catch (error) {
    const wrong = asDatabaseError(error, path);
    if (wrong instanceof NexusError && wrong.code === 'WORKSPACE_UNWRITABLE') return connect(':memory:', schema);
    if (wrong instanceof NexusError && wrong.code === 'WORKSPACE_CORRUPT') return remade(path, schema);
    throw wrong;
  }
}

function remade(path: string, schema: DerivedSchema): LogDatabase {
  removeDerivedDatabase(path);
  return connect(path, schema);
}

/** With what SQLite keeps beside it. */
export function removeDerivedDatabase(path: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${path}${end}`, { force: true });
}

function attempt(path: string, schema: DerivedSchema): LogDatabase | undefined {
  mkdirSync(dirname(path), { recursive: true });
  return connectIf(path, schema, (found) => found === 0 || found === schema.version);
}

function connect(path: string, schema: DerivedSchema): LogDatabase {
  const database = connectIf(path, schema, () => true);
  if (database === undefined) throw new RangeError('any version is taken');
  return database;
}

function connectIf(path: string, schema: DerivedSchema, takes: (version: number) => boolean): LogDatabase | undefined {
  const raw = new Sqlite(path, { timeout: BUSY_TIMEOUT });
  try {
    const ours = [0, schema.applicationId].includes(Number(raw.pragma('application_id', { simple: true })));
    if (!ours || !takes(Number(raw.pragma('user_version', { simple: true })))) {
      raw.close();
      return undefined;
    }
    raw.pragma('journal_mode = WAL');
    raw.pragma('synchronous = NORMAL');
    raw.pragma(`cache_size = -${CACHE_KIB}`);
    makeTables(raw, schema);
    return new LogDatabase(path, raw);
  } catch (error) {
    raw.close();
    throw asDatabaseError(error, path);
  }
}

/** Of processes that come at once, one makes the tables. */
function makeTables(raw: Sqlite.Database, { applicationId, version, schema }: DerivedSchema): void {
  const make = raw.transaction(() => {
    if (raw.pragma('user_version', { simple: true }) === version) return;
    raw.exec(`${schema}; PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${version}`);
  });
  make.immediate();
}

const BUSY_TIMEOUT = 10_000;
const CACHE_KIB = 65_536;
