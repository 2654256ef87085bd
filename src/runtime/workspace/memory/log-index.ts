import { type Digest, isDigest, sha256 } from '../../../base/digest.ts';
import { isJsonObject } from '../../../base/json.ts';
import type { LogDatabase } from '../../log/database.ts';
import type { Entry } from '../../log/entry.ts';
import type { LogReader } from '../../log/log-reader.ts';
import { readMeta, writeMeta } from './index-database.ts';
import { type Found, MEMORY_KINDS, type Standing } from './records.ts';

/** Folds what the log says of the memory since it was last looked at; all of it, if it is another log. */
export function indexLog(db: LogDatabase, log: LogReader): void {
  const { size } = log;
  db.transaction(() => {
    const known = Number(readMeta(db, 'log.size') ?? 0);
    const follows = known <= size && markOf(log, known) === (readMeta(db, 'log.mark') ?? '');
    if (!follows) db.run('DELETE FROM standing');
    for (const entry of log.entries({ from: follows ? known : 0, to: size, kinds: MEMORY_KINDS }))
      for (const standing of standings(entry)) stand(db, standing);
    writeMeta(db, 'log.size', String(size));
    writeMeta(db, 'log.mark', markOf(log, size));
  });
}

/** What the log and the files do not agree on: what nobody has told the log of, and what it still believes in. */
export function disagreement(db: LogDatabase): { found: Map<string, Found[]>; lost: Digest[] } {
  const found = db.all<Found & { scope: string }>(
    `SELECT entry.id, entry.sha256, scope.name AS scope FROM entry JOIN scope ON scope.n = entry.scope
     LEFT JOIN standing ON standing.id = entry.id WHERE standing.there IS NOT 1 ORDER BY entry.n`,
  );
  const lost = db.all<{ id: Digest }>(
    'SELECT id FROM standing WHERE there = 1 AND NOT EXISTS (SELECT 1 FROM entry WHERE entry.id = standing.id) ORDER BY id',
  );
  const byScope = Map.groupBy(found, ({ scope }) => scope);
  return {
    found: new Map(
      [...byScope].map(([scope, entries]) => [scope, entries.map(({ id, sha256: text }) => ({ id, sha256: text }))]),
    ),
    lost: lost.map(({ id }) => id),
  };
}

/** Tells one log from another at the same place. */
function markOf(log: LogReader, size: number): string {
  return size === 0 ? '' : sha256(log.leafBody(size - 1));
}

function stand(db: LogDatabase, { id, there, trust }: Standing): void {
  const kept = trust ?? db.get<{ trust: string }>('SELECT trust FROM standing WHERE id = ?', id)?.trust ?? 'untrusted';
  db.run('INSERT OR REPLACE INTO standing(id, there, trust) VALUES (?, ?, ?)', id, there ? 1 : 0, kept);
}

function standings({ kind, data }: Entry): Standing[] {
  if (kind === 'memory.added') {
    const trust = data['trust'] === 'trusted' ? 'trusted' : 'untrusted';
    return digests([data['entry']]).map((id) => ({ id, there: true, trust }));
  }
  const entries = Array.isArray(data['entries']) ? (data['entries'] as unknown[]) : [];
  if (kind === 'memory.found')
    return digests(entries.map((each) => (isJsonObject(each) ? each['id'] : undefined))).map((id) => ({ id, there: true }));
  if (kind === 'memory.lost') return digests(entries).map((id) => ({ id, there: false }));
  if (kind === 'memory.trusted') return digests(entries).map((id) => ({ id, there: true, trust: 'trusted' }));
  return [];
}

function digests(values: readonly unknown[]): Digest[] {
  return values.filter(isDigest);
}
