import { sha256 } from '../../base/digest.ts';
import type { LogDatabase, LogStatements } from './database.ts';
import type { Entry } from './entry.ts';
import { decodeLeaf } from './leaf.ts';

/** Tables folded from the entries. They can always be dropped and folded again. */
export interface Projection {
  name: string;
  /** Raise it when `apply` changes; a change of `schema` is noticed by itself. */
  version: number;
  /** DDL of its tables, views and indexes. */
  schema: string;
  /**
   * Folds what follows upon each other, in the transaction that appends it. Must depend on the entries and its own tables alone, however they are split into
   * calls, and not append.
   */
  apply(entries: readonly Entry[], db: LogStatements): void;
}

interface ProjectionRow {
  name: string;
  version: string;
  /** First entry not folded, or null while the projection follows the log. */
  seq: number | null;
  /** JSON list of the tables and views it owns. */
  tables: string;
}

/**
 * Makes every projection follow the log of `size` entries: folds what is new, anew if its version or schema is another, and notes where those
 * that this writer does not know have stopped. One transaction.
 */
export function followLog(db: LogDatabase, projections: readonly Projection[], size: number): void {
  const rows = new Map(db.all<ProjectionRow>('SELECT * FROM projection').map((row) => [row.name, row]));
  const stale = projections.filter((projection) => !follows(projection, rows.get(projection.name)));
  const unknown = [...rows.values()].filter(({ name, seq }) => seq === null && !projections.some((known) => known.name === name));
  if (stale.length + unknown.length === 0) return;
  db.transaction(() => {
    for (const { name } of unknown) db.run('UPDATE projection SET seq = ? WHERE name = ?', size, name);
    for (const projection of stale) catchUp(db, projection, { row: rows.get(projection.name), size });
  });
}

/** Whether the tables of every projection are those that this program would fold. */
export function isFollowed(db: Pick<LogDatabase, 'all'>, projections: readonly Projection[]): boolean {
  const rows = new Map(db.all<ProjectionRow>('SELECT * FROM projection').map((row) => [row.name, row]));
  return projections.every((projection) => follows(projection, rows.get(projection.name)));
}

function follows(projection: Projection, row: ProjectionRow | undefined): boolean {
  return row?.version === versionOf(projection) && row.seq === null;
}

function versionOf({ version, schema }: Projection): string {
  return `${version} ${sha256(schema)}`;
}

function catchUp(db: LogDatabase, projection: Projection, { row, size }: { row: ProjectionRow | undefined; size: number }): void {
  const goesOn = row?.version === versionOf(projection);
  if (!goesOn) {
    if (row !== undefined) dropTables(db, row);
    createTables(db, projection);
  }
  fold(db, projection, { from: goesOn ? (row.seq ?? size) : 0, to: size });
  db.run('UPDATE projection SET seq = NULL WHERE name = ?', projection.name);
}

function createTables(db: LogDatabase, projection: Projection): void {
  const before = new Set(ownable(db));
  db.exec(projection.schema);
  const tables = ownable(db).filter((object) => !before.has(object));
  const version = versionOf(projection);
  db.run(
    'INSERT OR REPLACE INTO projection(name, version, seq, tables) VALUES (?, ?, 0, ?)',
    projection.name,
    version,
    JSON.stringify(tables),
  );
}

/** Tables and views, as `DROP` wants them; indexes and triggers go with their table. */
function ownable(db: LogDatabase): string[] {
  return db
    .all<{ type: string; name: string }>(`SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view')`)
    .map(({ type, name }) => `${type} "${name.replaceAll('"', '""')}"`);
}

function dropTables(db: LogDatabase, row: ProjectionRow): void {
  const owned: unknown = JSON.parse(row.tables);
  const existing = ownable(db);
  for (const object of Array.isArray(owned) ? owned : [])
    if (existing.includes(String(object))) db.exec(`DROP ${String(object)}`);
}

const PAGE = 1000;

function fold(db: LogDatabase, projection: Projection, { from, to }: { from: number; to: number }): void {
  for (let seq = from; seq < to; seq += PAGE) {
    const rows = db.all<{ seq: number; body: Buffer }>(
      'SELECT seq, body FROM entry WHERE seq >= ? AND seq < ? ORDER BY seq',
      seq,
      Math.min(seq + PAGE, to),
    );
    projection.apply(
      rows.map((row) => decodeLeaf(row.seq, row.body)),
      db,
    );
  }
}
