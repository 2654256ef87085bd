/**
 * A process of its own that answers one query over one table, so that it can be ended: SQLite does not stop by itself. On stdin a `TableQuery`, on stdout a
 * `TableAnswer` or `{error}`. The database is in memory and holds nothing else; it reads no file, and only a single statement that reads is run.
 */
import { readFileSync, writeSync } from 'node:fs';

import Sqlite from 'better-sqlite3';

import type { TableAnswer, TableQuery } from './table-query.ts';

const query = JSON.parse(readFileSync(0, 'utf8')) as TableQuery;
const text = Buffer.from(JSON.stringify(answer(query)));
for (let at = 0; at < text.length;) at += writeSync(1, text, at);

function answer({ schema, table, columns, rows, sql, limit }: TableQuery): TableAnswer | { error: string } {
  const db = new Sqlite(':memory:');
  try {
    db.exec(`ATTACH ':memory:' AS ${schema}`);
    const names = columns.map(({ name }) => name);
    db.exec(`CREATE TABLE ${schema}.${table}_row(${columns.map(({ name, type }) => `${name} ${type}`).join(', ')})`);
    const insert = db.prepare(`INSERT INTO ${schema}.${table}_row VALUES (${names.map(() => '?').join(', ')})`);
    db.transaction(() => rows.forEach((row) => insert.run(...row)))();
    db.exec(`CREATE VIEW ${schema}.${table} AS SELECT ${names.join(', ')} FROM ${table}_row`);
    db.pragma('query_only = ON');
    db.pragma('trusted_schema = OFF');
    return run(db, sql, limit);
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function run(db: Sqlite.Database, sql: string, limit: number): TableAnswer | { error: string } {
  const statement = db.prepare(sql);
  if (!statement.reader || !statement.readonly) return { error: 'it is no query' };
  const rows: TableAnswer['rows'] = [];
  for (const row of statement.raw().safeIntegers().iterate()) {
    if (rows.length === limit) return { columns: namesOf(statement), rows, truncated: true };
    rows.push((row as unknown[]).map(plain));
  }
  return { columns: namesOf(statement), rows, truncated: false };
}

function namesOf(statement: Sqlite.Statement): string[] {
  return statement.columns().map(({ name }) => name);
}

/** As JSON has it: integers beyond 2^53 as text, bytes in hex. */
function plain(value: unknown): TableAnswer['rows'][number][number] {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (Buffer.isBuffer(value)) return value.toString('hex');
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}
