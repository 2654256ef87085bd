import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A query of a stranger over one table of ours. */
export interface TableQuery {
  /** Names are ours, and need no quoting. */
  schema: string;
  table: string;
  columns: readonly { name: string; type: 'TEXT' | 'INTEGER' | 'REAL' }[];
  rows: readonly (readonly (string | number | null)[])[];
  sql: string;
  /** Rows that are answered at most. */
  limit: number;
}

export interface TableAnswer {
  columns: string[];
  rows: (string | number | null)[][];
  /** There are more than the limit. */
  truncated: boolean;
}

/** The program that answers it: Node is to run this file. */
export const QUERY_PROGRAM = fileURLToPath(new URL(`query-entry${extname(import.meta.url)}`, import.meta.url));

/**
 * Why this is not one statement that reads, as far as its text tells; undefined if it may be. Statements that do more than read (`ATTACH`, `PRAGMA`, `VACUUM INTO`) begin
 * with another word, and SQLite prepares the first statement of a text alone.
 */
export function queryFault(sql: string): string | undefined {
  const bare = sql.replace(/^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/, '');
  if (bare === '') return 'it is empty';
  return /^(?:SELECT|WITH|VALUES)\b/i.test(bare) ? undefined : 'it does not begin with SELECT, WITH or VALUES';
}
