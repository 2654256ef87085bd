import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Clock } from '../../../base/clock.ts';
import { type Digest, sha256 } from '../../../base/digest.ts';
import { canonicalJson } from '../../../base/json.ts';
import { systemCode } from '../../../base/errors.ts';
import { compareText } from '../../../base/text.ts';
import type { LogDatabase } from '../../log/database.ts';
import { entryId, isScope, provenanceData } from './entry.ts';
import { type FiledEntry, MAX_FILE, readEntryFile } from './entry-file.ts';
import { ensureScope, textTable } from './index-database.ts';

/** A file that is passed over, and why. */
export interface FileFault {
  path: string;
  fault: string;
}

/** Milliseconds within which a file may change twice and look the same; as git calls it, racy. */
const RACY = 100;

interface FoundFile {
  path: string;
  scope: string;
  /** Size, times and number: another stamp, another content. */
  stamp: string;
}

interface FileRow {
  path: string;
  stamp: string;
  entry: number | null;
}

/** Brings the index up to what lies in `folder`: looks at every file, reads those that have changed, follows no link. One transaction. */
export function indexFiles(db: LogDatabase, folder: string, clock: Clock): void {
  const found = new Map(listFiles(folder, clock).map((file) => [file.path, file]));
  db.transaction(() => {
    const gone: FileRow[] = [];
    for (const row of db.all<FileRow>('SELECT path, stamp, entry FROM file')) {
      if (found.get(row.path)?.stamp === row.stamp && row.stamp !== '') found.delete(row.path);
      else gone.push(row);
    }
    const read = [...found.values()].map((file) => ({ file, content: readFile(join(folder, file.path), file.scope) }));
    for (const { path } of gone) db.run('DELETE FROM file WHERE path = ?', path);
    // By time, so that an index made anew has its entries in the order in which they were added.
    for (const { file, content } of read.sort((a, b) => compareText(orderOf(a), orderOf(b)))) addFile(db, file, content);
    for (const { entry } of gone) if (entry !== null) dropUnlessFiled(db, entry);
  });
}

function orderOf({ file, content }: { file: FoundFile; content: FiledEntry | { fault: string } }): string {
  return `${'fault' in content ? '' : content.at} ${file.path}`;
}

/** Puts one file that has just been written into the index. */
export function indexFile(db: LogDatabase, folder: string, path: string): void {
  const scope = path.slice(0, path.indexOf('/'));
  db.transaction(() => {
    db.run('DELETE FROM file WHERE path = ?', path);
    // Without a stamp it is read once more by the next look at all files.
    addFile(db, { path, scope, stamp: '' }, readFile(join(folder, path), scope));
  });
}

export function fileFaults(db: LogDatabase): FileFault[] {
  return db.all<FileFault>('SELECT path, fault FROM file WHERE fault IS NOT NULL ORDER BY path');
}

function listFiles(folder: string, clock: Clock): FoundFile[] {
  const now = clock.now();
  return namesIn(folder, 'folder').flatMap((scope) =>
    namesIn(join(folder, scope), 'file')
      .filter((name) => name.endsWith('.md') && !name.startsWith('.'))
      .map((name) => ({ path: `${scope}/${name}`, scope, stamp: stampOf(join(folder, scope, name), now) })),
  );
}

function namesIn(folder: string, wanted: 'file' | 'folder'): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => (wanted === 'file' ? entry.isFile() : entry.isDirectory()))
      .map(({ name }) => name);
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}

/** Empty if a change could hide behind it. */
function stampOf(path: string, now: number): string {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined || Math.abs(now - stat.ctimeMs) < RACY) return '';
  return `${stat.size} ${stat.mtimeMs} ${stat.ctimeMs} ${stat.ino}`;
}

function readFile(path: string, scope: string): FiledEntry | { fault: string } {
  if (!isScope(scope)) return { fault: `\`${scope}\` cannot be the name of a scope` };
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) return { fault: 'it is gone' };
  if (stat.size > MAX_FILE) return { fault: `it is larger than ${MAX_FILE} bytes` };
  try {
    return readEntryFile(readFileSync(path, 'utf8'), scope);
  } catch (error) {
    return { fault: `it cannot be read (${systemCode(error) ?? 'unknown error'})` };
  }
}

function addFile(db: LogDatabase, { path, stamp }: FoundFile, content: FiledEntry | { fault: string }): void {
  const insert = 'INSERT OR REPLACE INTO file(path, stamp, entry, trust, fault) VALUES (?, ?, ?, ?, ?)';
  if ('fault' in content) return db.run(insert, path, stamp, null, null, content.fault);
  db.run(insert, path, stamp, ensureEntry(db, content), content.trust, null);
}

function ensureEntry(db: LogDatabase, entry: FiledEntry): number {
  const id = entryId(entry);
  const known = numberOf(db, id);
  if (known !== undefined) return known;
  const scope = ensureScope(db, entry.scope);
  db.run(
    'INSERT INTO entry(id, scope, kind, agent, sha256, at, provenance, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    id,
    scope,
    entry.kind,
    entry.agent ?? null,
    sha256(entry.text),
    entry.at,
    canonicalJson(provenanceData(entry.provenance)),
    entry.text,
  );
  const n = numberOf(db, id);
  if (n === undefined) throw new RangeError(`entry ${id} was not made`);
  db.run(`INSERT INTO ${textTable(scope)}(rowid, text) VALUES (?, ?)`, n, entry.text);
  db.run('UPDATE scope SET size = size + 1 WHERE n = ?', scope);
  return n;
}

function numberOf(db: LogDatabase, id: Digest): number | undefined {
  return db.get<{ n: number }>('SELECT n FROM entry WHERE id = ?', id)?.n;
}

function dropUnlessFiled(db: LogDatabase, n: number): void {
  if (db.get('SELECT 1 FROM file WHERE entry = ?', n) !== undefined) return;
  const scope = db.get<{ scope: number }>('SELECT scope FROM entry WHERE n = ?', n)?.scope;
  if (scope === undefined) return;
  db.run(`DELETE FROM ${textTable(scope)} WHERE rowid = ?`, n);
  db.run('DELETE FROM vector_bits WHERE scope = ? AND entry = ?', scope, n);
  db.run('DELETE FROM vector WHERE scope = ? AND entry = ?', scope, n);
  db.run('DELETE FROM entry WHERE n = ?', n);
  db.run('UPDATE scope SET size = size - 1, removals = removals + 1 WHERE n = ?', scope);
}
