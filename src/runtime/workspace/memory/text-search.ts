import type { LogDatabase } from '../../log/database.ts';
import { compareText } from '../../../base/text.ts';
import { textTable } from './index-database.ts';
import type { ScoredEntry } from './vector-scan.ts';

/** What a search may cost: occurrences of words that are looked at, each of which takes about a microsecond. */
const MOST_ROWS = 4000;

/** Characters and words of a question that count. */
const MAX_QUERY = 2000;
const MAX_TERMS = 24;

export interface SearchedScope {
  n: number;
  size: number;
}

/**
 * Entries by BM25 over what may be read and nothing else: how rare a word is, is counted over `scopes` together. FTS5 counts in each of its tables alone, so its
 * score of one word in one table is taken apart, and put together with the weight that the word has in all of them. Rare words go first; those that
 * would take too long are left out where there are others.
 */
export function searchText(db: LogDatabase, scopes: readonly SearchedScope[], query: string): ScoredEntry[] {
  const scores = new Map<number, number>();
  const total = sum(scopes.map(({ size }) => size));
  for (const { phrase, rows } of chosenTerms(db, scopes, query)) {
    // Where there are more than one looks at, they were not counted to the end.
    const counts = sum(rows) > MOST_ROWS ? scopes.map((scope) => countUpTo(db, scope, { phrase, limit: scope.size })) : rows;
    const rarity = inverseFrequency(total, sum(counts));
    const limit = sum(counts) > MOST_ROWS ? Math.ceil(MOST_ROWS / scopes.length) : MOST_ROWS;
    scopes.forEach((scope, at) => addScores(db, scope, { phrase, rows: counts[at] ?? 0, rarity, limit, scores }));
  }
  return [...scores].map(([entry, score]) => ({ entry, score }));
}

/** The words of a question, each in quotes: whatever FTS5 would take for syntax is none then. */
function queryTerms(query: string): string[] {
  const words =
    query
      .slice(0, MAX_QUERY)
      .toWellFormed()
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  return [...new Set(words)].slice(0, MAX_TERMS).map((word) => `"${word}"`);
}

interface Term {
  phrase: string;
  /** Entries it is in, scope by scope; together one more than `MOST_ROWS` for many. */
  rows: number[];
}

function chosenTerms(db: LogDatabase, scopes: readonly SearchedScope[], query: string): Term[] {
  const terms = queryTerms(query)
    .map((phrase): Term => ({ phrase, rows: rowsOf(db, scopes, phrase) }))
    .filter(({ rows }) => sum(rows) > 0)
    .sort((a, b) => sum(a.rows) - sum(b.rows) || compareText(a.phrase, b.phrase));
  let taken = 0;
  return terms.filter(({ rows }, at) => (taken += sum(rows)) <= MOST_ROWS || at === 0);
}

function rowsOf(db: LogDatabase, scopes: readonly SearchedScope[], phrase: string): number[] {
  let left = MOST_ROWS + 1;
  return scopes.map((scope) => {
    const rows = left === 0 ? 0 : countUpTo(db, scope, { phrase, limit: left });
    left -= rows;
    return rows;
  });
}

function countUpTo(db: LogDatabase, { n }: SearchedScope, { phrase, limit }: { phrase: string; limit: number }): number {
  const table = textTable(n);
  const sql = `SELECT count(*) AS rows FROM (SELECT 1 FROM ${table} WHERE ${table} MATCH ? LIMIT ?)`;
  return db.get<{ rows: number }>(sql, phrase, limit)?.rows ?? 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** As Lucene has it: never negative, so that a word which is everywhere counts little and not against. */
function inverseFrequency(total: number, rows: number): number {
  return Math.log(1 + (total - rows + 0.5) / (rows + 0.5));
}

interface Occurrences {
  phrase: string;
  /** In the scope. */
  rows: number;
  rarity: number;
  limit: number;
  scores: Map<number, number>;
}

/** Of a word that is in more entries than one looks at, those count that were added last. */
function addScores(db: LogDatabase, scope: SearchedScope, { phrase, rows, rarity, limit, scores }: Occurrences): void {
  if (rows === 0) return;
  const table = textTable(scope.n);
  const factor = rarity / ftsInverseFrequency(scope.size, rows);
  const sql = `SELECT rowid, bm25(${table}) FROM ${table} WHERE ${table} MATCH ? ORDER BY rowid DESC LIMIT ?`;
  for (const [entry, score] of db.prepare<[number, number]>(sql).raw().iterate(phrase, limit) as Iterable<[number, number]>)
    scores.set(entry, (scores.get(entry) ?? 0) - score * factor);
}

/** What `bm25()` of FTS5 multiplies with (fts5_aux.c). */
function ftsInverseFrequency(total: number, rows: number): number {
  const value = Math.log((total - rows + 0.5) / (rows + 0.5));
  return value <= 0 ? 1e-6 : value;
}
