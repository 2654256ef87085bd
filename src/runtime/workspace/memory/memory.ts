import { join } from 'node:path';

import type { Clock } from '../../../base/clock.ts';
import type { Digest } from '../../../base/digest.ts';
import { messageOf, NexusError } from '../../../base/errors.ts';
import type { LogDatabase } from '../../log/database.ts';
import type { LogReader } from '../../log/log-reader.ts';
import { BitScan } from './bit-scan.ts';
import { ColumnScan } from './column-scan.ts';
import type { Embedder } from './embedder.ts';
import type { MemoryEntry, Provenance, Trust } from './entry.ts';
import { type FileFault, fileFaults, indexFile, indexFiles } from './file-index.ts';
import { fuse, type Ranked, VECTOR_WEIGHT } from './fuse.ts';
import { openMemoryDatabase, removeMemoryDatabase } from './index-database.ts';
import { disagreement, indexLog } from './log-index.ts';
import { type SearchedScope, searchText } from './text-search.ts';
import { indexVectors } from './vector-index.ts';
import type { ScoredEntry, VectorScan } from './vector-scan.ts';

export interface MemoryOptions {
  clock: Clock;
  /** Who vouches for what; without it nothing is trusted. */
  log?: LogReader;
  embedder?: Embedder;
  /** Make the index anew from the files and the log. */
  rebuild?: boolean;
}

export interface SearchOptions {
  /** Names of the scopes that may be seen. Nothing of any other has an influence on the answer. */
  scopes: readonly string[];
  limit: number;
  signal?: AbortSignal;
}

export interface MemoryHit extends MemoryEntry {
  /** Path of its file, below the folder of the memory. */
  path: string;
  score: number;
}

export interface MemoryAnswer {
  hits: MemoryHit[];
  /** Why there are no vectors in it, where there should be. */
  degraded?: string;
}

/** Folder of the memory's files in a workspace folder. */
export function memoryFolder(dir: string): string {
  return join(dir, 'memory');
}

/** Opens the memory of the workspace in `dir`, and looks for what has changed in its files and in the log. */
export async function openMemory(dir: string, options: MemoryOptions): Promise<Memory> {
  if (options.rebuild === true) removeMemoryDatabase(dir);
  const memory = new Memory(dir, options);
  try {
    await memory.refresh();
    return memory;
  } catch (error) {
    memory.close();
    throw error;
  }
}

/** What is remembered in a workspace: its files, as an index that is asked. */
export class Memory {
  readonly folder: string;
  readonly #db: LogDatabase;
  readonly #options: MemoryOptions;
  readonly #scan: VectorScan | undefined;

  /** Use `openMemory`. */
  constructor(dir: string, options: MemoryOptions) {
    this.folder = memoryFolder(dir);
    this.#options = options;
    this.#db = openMemoryDatabase(dir);
    this.#scan = options.embedder && scanFor(options.embedder, this.#db);
  }

  /** Takes in what has become of the files and of the log. */
  async refresh(): Promise<void> {
    indexFiles(this.#db, this.folder, this.#options.clock);
    await this.#follow();
  }

  /** Takes in a file that has just been written, and what the log says of it. */
  async take(path: string): Promise<void> {
    indexFile(this.#db, this.folder, path);
    await this.#follow();
  }

  async #follow(): Promise<void> {
    const { log, embedder } = this.#options;
    if (log !== undefined) indexLog(this.#db, log);
    if (embedder === undefined) return;
    try {
      await indexVectors(this.#db, embedder);
    } catch (error) {
      // What is remembered is there without its vectors, and found by its words.
      if (!isEmbedderFault(error)) throw error;
    }
  }

  /** The entries that say most about `query`, the best first; ties by id. `query` is anybody's text. */
  async search(query: string, { scopes, limit, signal }: SearchOptions): Promise<MemoryAnswer> {
    const searched = this.#searched(scopes);
    if (searched.length === 0) return { hits: [] };
    const words = this.#named(searchText(this.#db, searched, query));
    const near = await this.#near(query, searched, signal);
    const ranked = fuse([
      { ranked: words, weight: 1 },
      { ranked: 'fault' in near ? [] : this.#named(near.found), weight: VECTOR_WEIGHT },
    ]).slice(0, limit);
    return { hits: this.#hits(ranked, scopes), ...('fault' in near ? { degraded: near.fault } : {}) };
  }

  /** The newest first. */
  list({ scopes, limit }: Omit<SearchOptions, 'signal'>): MemoryHit[] {
    const sql = `SELECT entry.id FROM entry JOIN scope ON scope.n = entry.scope
      WHERE scope.name IN (SELECT value FROM json_each(?)) ORDER BY at DESC, id LIMIT ?`;
    const found = this.#db.all<{ id: Digest }>(sql, JSON.stringify(scopes), limit);
    return this.#hits(
      found.map(({ id }) => ({ id, score: 0 })),
      scopes,
    );
  }

  /** Names of the scopes that have entries. */
  scopes(): { name: string; entries: number }[] {
    return this.#db.all('SELECT name, size AS entries FROM scope WHERE size > 0 ORDER BY name');
  }

  /** Files that are passed over, and why. */
  faults(): FileFault[] {
    return fileFaults(this.#db);
  }

  disagreement(): ReturnType<typeof disagreement> {
    return disagreement(this.#db);
  }

  /** Those that nobody here vouches for, though their files do not say that they are not to be trusted. */
  unvouched(): Digest[] {
    const sql = `SELECT DISTINCT entry.id FROM entry JOIN file ON file.entry = entry.n LEFT JOIN standing ON standing.id = entry.id
      WHERE file.trust = 'trusted' AND standing.trust IS NOT 'trusted' ORDER BY entry.n`;
    return this.#db.all<{ id: Digest }>(sql).map(({ id }) => id);
  }

  close(): void {
    this.#db.close();
  }

  /** In the order of their names: numbers differ from index to index. */
  #searched(scopes: readonly string[]): SearchedScope[] {
    const sql = 'SELECT n, size FROM scope WHERE name IN (SELECT value FROM json_each(?)) AND size > 0 ORDER BY name';
    return this.#db.all(sql, JSON.stringify(scopes));
  }

  async #near(
    query: string,
    scopes: readonly SearchedScope[],
    signal: AbortSignal | undefined,
  ): Promise<{ found: ScoredEntry[] } | { fault: string }> {
    const { embedder } = this.#options;
    if (embedder === undefined || this.#scan === undefined) return { found: [] };
    try {
      const [vector] = await embedder.embed([query.slice(0, MAX_QUERY)], signal);
      const numbers = scopes.map(({ n }) => n);
      return { found: vector === undefined ? [] : this.#scan.nearest(numbers, vector, embedder.floor) };
    } catch (error) {
      if (isEmbedderFault(error)) return { fault: messageOf(error) };
      throw error;
    }
  }

  #named(scored: readonly ScoredEntry[]): Ranked[] {
    const scores = new Map(scored.map(({ entry, score }) => [entry, score]));
    const sql = 'SELECT n, id FROM entry WHERE n IN (SELECT value FROM json_each(?))';
    const rows = this.#db.all<{ n: number; id: Digest }>(sql, JSON.stringify([...best(scored)]));
    return rows.map(({ n, id }) => ({ id, score: scores.get(n) ?? 0 }));
  }

  /** Whatever has led to these entries: only what is in `scopes` is handed out. */
  #hits(ranked: readonly Ranked[], scopes: readonly string[]): MemoryHit[] {
    const ids = JSON.stringify(ranked.map(({ id }) => id));
    const rows = this.#db.all<HitRow>(HITS, ids, JSON.stringify(scopes));
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ranked.flatMap(({ id, score }) => {
      const row = byId.get(id);
      return row === undefined ? [] : [hitOf(row, score)];
    });
  }
}

function scanFor({ sparse, dimensions }: Embedder, db: LogDatabase): VectorScan {
  return sparse ? new ColumnScan(db, dimensions) : new BitScan(db, dimensions);
}

const MAX_QUERY = 2000;

/** Enough of the best for the ranking, and all that are their equals. */
function best(scored: readonly ScoredEntry[]): number[] {
  if (scored.length <= ENOUGH) return scored.map(({ entry }) => entry);
  const least = scored.map(({ score }) => score).sort((a, b) => b - a)[ENOUGH - 1] ?? 0;
  return scored.filter(({ score }) => score >= least - 1e-8).map(({ entry }) => entry);
}

const ENOUGH = 128;

interface HitRow {
  id: Digest;
  scope: string;
  kind: string;
  agent: string | null;
  sha256: Digest;
  at: string;
  provenance: string;
  text: string;
  path: string;
  trust: Trust;
}

/** An entry is trusted if the log has a person vouch for it, and none of its files says otherwise. */
const HITS = `SELECT entry.id, scope.name AS scope, entry.kind, entry.agent, entry.sha256, entry.at, entry.provenance, entry.text,
    (SELECT min(path) FROM file WHERE file.entry = entry.n) AS path,
    CASE WHEN standing.trust = 'trusted' AND NOT EXISTS (SELECT 1 FROM file WHERE file.entry = entry.n AND file.trust = 'untrusted')
      THEN 'trusted' ELSE 'untrusted' END AS trust
  FROM entry JOIN scope ON scope.n = entry.scope LEFT JOIN standing ON standing.id = entry.id
  WHERE entry.id IN (SELECT value FROM json_each(?)) AND scope.name IN (SELECT value FROM json_each(?))`;

function hitOf({ agent, provenance, ...row }: HitRow, score: number): MemoryHit {
  return { ...row, ...(agent === null ? {} : { agent }), provenance: JSON.parse(provenance) as Provenance, score };
}

function isEmbedderFault(error: unknown): boolean {
  return error instanceof NexusError && error.code === 'EMBEDDER_FAILED';
}
