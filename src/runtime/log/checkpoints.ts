import type { LogQueries } from './database.ts';

/** A signed checkpoint as it is kept. */
export interface StoredNote {
  /** What the row says that it covers; the note says so too. */
  size: number;
  note: string;
}

/** In a damaged file a note may be of another type than its column, or null. */
const CLOSING = 'SELECT seq + 1 AS size, CAST(note AS TEXT) AS note FROM entry WHERE note IS NOT NULL ORDER BY seq DESC LIMIT 1';
const SEAL = "SELECT size, coalesce(CAST(note AS TEXT), '') AS note FROM seal ORDER BY size DESC LIMIT 1";

/** The last signed checkpoint: with the entry that closed a batch, or added when the log came to rest. */
export function lastNote(db: LogQueries): StoredNote | undefined {
  const closing = db.get<StoredNote>(CLOSING);
  const seal = db.get<StoredNote>(SEAL);
  return closing === undefined || (seal !== undefined && seal.size > closing.size) ? seal : closing;
}

export function noteAt(db: LogQueries, size: number): string | undefined {
  const closing = db.get<{ note: string | null }>('SELECT note FROM entry WHERE seq = ?', size - 1)?.note;
  return closing ?? db.get<{ note: string }>('SELECT note FROM seal WHERE size = ?', size)?.note;
}

/** The first that covers entry `seq`. */
export function noteCovering(db: LogQueries, seq: number): string | undefined {
  const inLog = 'SELECT seq + 1 AS size, note FROM entry WHERE seq >= ? AND note IS NOT NULL ORDER BY seq LIMIT 1';
  const closing = db.get<StoredNote>(inLog, seq);
  const seal = db.get<StoredNote>('SELECT size, note FROM seal WHERE size > ? ORDER BY size LIMIT 1', seq);
  return (closing === undefined || (seal !== undefined && seal.size < closing.size) ? seal : closing)?.note;
}
