import { existsSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import Sqlite from 'better-sqlite3';

import { syncFile, syncFolder } from '../../base/durable-file.ts';
import { NexusError } from '../../base/errors.ts';
import { asDatabaseError, corruptDatabase } from './database-error.ts';
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from './database-schema.ts';

export type SqlValue = string | number | Uint8Array | null;
export type SqlStatement<Row> = Sqlite.Statement<SqlValue[], Row>;

/** What anyone may do with the database of a log: read. */
export type LogQueries = Pick<LogDatabase, 'prepare' | 'all' | 'get' | 'transaction'>;

/** What a projection may do: read, and write its own tables. */
export type LogStatements = LogQueries & Pick<LogDatabase, 'run'>;

/** A connection to `log.db`. Statements are compiled once per text; errors are `NexusError`s. */
export class LogDatabase {
  readonly path: string;
  readonly #raw: Sqlite.Database;
  readonly #statements = new Map<string, Sqlite.Statement>();
  readonly #begin: string;

  constructor(path: string, raw: Sqlite.Database) {
    this.path = path;
    this.#raw = raw;
    this.#begin = raw.readonly ? 'BEGIN' : 'BEGIN IMMEDIATE';
  }

  /** The compiled statement; its own methods throw SQLite's errors as they are. The caller vouches for `Row`. */
  prepare<Row>(sql: string): SqlStatement<Row> {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#raw.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement as SqlStatement<Row>;
  }

  all<Row>(sql: string, ...params: SqlValue[]): Row[] {
    return this.#guarded(() => this.prepare<Row>(sql).all(...params));
  }

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller vouches for `Row`, as in `all`
  get<Row>(sql: string, ...params: SqlValue[]): Row | undefined {
    return this.#guarded(() => this.prepare<Row>(sql).get(...params));
  }

  run(sql: string, ...params: SqlValue[]): void {
    // Every append comes here: spared is a closure.
    try {
      this.prepare(sql).run(...params);
    } catch (error) {
      throw asDatabaseError(error, this.path);
    }
  }

  /** Runs several statements, parameters not allowed. */
  exec(sql: string): void {
    this.#guarded(() => this.#raw.exec(sql));
  }

  /** All of `work` or nothing; for a reader, one unchanging view of the log. Transactions do not nest. */
  transaction<Result>(work: () => Result): Result {
    this.run(this.#begin);
    try {
      const result = work();
      this.run('COMMIT');
      return result;
    } catch (error) {
      if (this.#raw.inTransaction) this.run('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#guarded(() => this.#raw.close());
  }

  #guarded<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw asDatabaseError(error, this.path);
    }
  }
}

/** Opens the database for the one writer, who holds the writer lock; makes it if there is none, with what `prepare` adds to it. */
export function openForWriting(path: string, prepare: (database: LogDatabase) => void = () => undefined): LogDatabase {
  if (!existsSync(path)) create(path, prepare);
  const raw = connect(path, { timeout: BUSY_TIMEOUT });
  try {
    raw.pragma('journal_mode = WAL');
    // An existing WAL file opens with NORMAL, under which a power cut may undo a commit whose checkpoint has been shown.
    raw.pragma('synchronous = FULL');
    return new LogDatabase(path, raw);
  } catch (error) {
    raw.close();
    throw asDatabaseError(error, path);
  }
}

/** Opens an existing database for reading, beside a writer or without one. Throws `WORKSPACE_NOT_FOUND`. */
export function openForReading(path: string): LogDatabase {
  if (!existsSync(path)) {
    throw new NexusError('WORKSPACE_NOT_FOUND', `There is no workspace in ${dirname(path)}.`, {
      hint: 'Run `spec-kit apply BUNDLE` to make one, or name another with --workspace DIR.',
      details: { path },
    });
  }
  return new LogDatabase(path, connectReadonly(path));
}

/** What an open database holds now, in the memory of this process, to be written to. */
export function copyInMemory(path: string): LogDatabase {
  const raw = connectReadonly(path);
  try {
    const bytes = raw.serialize();
    bytes.fill(1, 18, 20);
    return new LogDatabase(path, new Sqlite(bytes));
  } finally {
    raw.close();
  }
}

/** SQLite reads a WAL database by help of a file beside it; where none can be made, a database at rest is read as a whole instead. */
function connectReadonly(path: string): Sqlite.Database {
  try {
    return connect(path, { timeout: BUSY_TIMEOUT, readonly: true });
  } catch (error) {
    const atRest = !existsSync(`${path}-wal`);
    if (!(error instanceof NexusError) || error.code !== 'WORKSPACE_UNWRITABLE' || !atRest) throw error;
    return connectCopy(path);
  }
}

/** A connection to the bytes of the file, marked as not being in WAL mode (file format versions, bytes 18 and 19). */
function connectCopy(path: string): Sqlite.Database {
  const bytes = readFileSync(path);
  bytes.fill(1, 18, 20);
  const raw = new Sqlite(bytes, { readonly: true });
  checkHeader(raw, path);
  return raw;
}

/** Milliseconds to wait for a lock that SQLite itself takes for a moment. */
const BUSY_TIMEOUT = 5000;

/** Pages that a connection keeps; the system has the others at hand, and several connections are open at a time. */
const CACHE_KIB = 4096;

/** Opens the file and makes sure that it is ours, whole at first sight, and not newer than this program. Writes nothing. */
function connect(path: string, options: Sqlite.Options): Sqlite.Database {
  // SQLite takes an empty file for a new database, and throws away the WAL beside it; we never leave one.
  if (statSync(path).size === 0) throw corruptDatabase(path, 'the file is empty');
  let raw: Sqlite.Database | undefined;
  try {
    raw = new Sqlite(path, { ...options, fileMustExist: true });
    raw.pragma(`cache_size = -${CACHE_KIB}`);
    checkHeader(raw, path);
    return raw;
  } catch (error) {
    raw?.close();
    throw asDatabaseError(error, path);
  }
}

function checkHeader(raw: Sqlite.Database, path: string): void {
  if (raw.pragma('application_id', { simple: true }) !== APPLICATION_ID) throw corruptDatabase(path, 'it is not a log');
  const version = Number(raw.pragma('user_version', { simple: true }));
  if (version < SCHEMA_VERSION) throw corruptDatabase(path, `it has format ${version}, which no release has written`);
  if (version === SCHEMA_VERSION) return;
  throw new NexusError('WORKSPACE_NEWER', `${path} was made by a newer version of this program (format ${version}).`, {
    hint: 'Update this program, or use another workspace with --workspace DIR.',
    details: { path, version, supported: SCHEMA_VERSION },
  });
}

/** Makes the file whole under another name first, so that whatever bears its real name has all its tables, for readers who come at once. */
function create(path: string, prepare: (database: LogDatabase) => void): void {
  const fresh = `${path}.new`;
  try {
    for (const end of ['', '-journal', '-wal', '-shm']) rmSync(`${fresh}${end}`, { force: true });
    const raw = new Sqlite(fresh);
    // Nobody reads what a crash leaves under this name: one sync, before it bears the real one, is enough.
    raw.exec(`PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; BEGIN; ${SCHEMA}; COMMIT`);
    prepare(new LogDatabase(fresh, raw));
    raw.pragma('journal_mode = WAL');
    raw.close();
    syncFile(fresh);
    renameSync(fresh, path);
    syncFolder(dirname(path));
  } catch (error) {
    throw asDatabaseError(error, path);
  }
}
