import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { canonicalJson, type JsonObject } from '../../../src/base/json.ts';
import { openFolded, openLog } from '../../../src/runtime/log/log.ts';
import type { Projection } from '../../../src/runtime/log/projection.ts';
import { draft, drafts } from './fixed.ts';
import { tempFolder, writer } from './log-fixture.ts';

/** Counts entries by mission, `step` at a time. */
function counts(version = 1, step = 1): Projection {
  return {
    name: 'counts',
    version,
    schema:
      'CREATE TABLE mission_count(mission TEXT PRIMARY KEY, n INTEGER); CREATE VIEW big AS SELECT * FROM mission_count WHERE n > 1',
    apply(entries, db) {
      const more = 'INSERT INTO mission_count VALUES (?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n';
      for (const { mission = '' } of entries) db.run(more, mission, step);
    },
  };
}

const counted = (log: { db: ReturnType<typeof writer>['db'] }) =>
  log.db.all('SELECT mission, n FROM mission_count ORDER BY mission');

describe('a projection', () => {
  it('follows the log in the same transaction, and readers see it', async () => {
    const dir = tempFolder();
    const log = writer(dir, { projections: [counts()] });
    await log.append(drafts(4));
    const reader = openLog(dir, { mode: 'read' });
    expect(counted(reader)).toEqual([
      { mission: 'm0', n: 2 },
      { mission: 'm1', n: 1 },
      { mission: 'm2', n: 1 },
    ]);
    reader.close();
  });

  it('is given the same entries when they are appended and when they are read again', async () => {
    const told: Projection = {
      name: 'told',
      version: 1,
      schema: 'CREATE TABLE told(seq INTEGER PRIMARY KEY, entry TEXT)',
      apply(entries, db) {
        for (const entry of entries)
          db.run('INSERT INTO told VALUES (?, ?)', entry.seq, canonicalJson({ ...entry } satisfies JsonObject));
      },
    };
    const dir = tempFolder();
    const log = writer(dir, { projections: [told], redact: (data) => ({ ...data, secret: undefined }) });
    const data = fc.dictionary(fc.string(), fc.oneof(fc.jsonValue(), fc.constant(undefined)));
    const kinds = fc.constantFrom('task.started', 'statement.recorded', 'mission.created');
    const names = fc.option(fc.string({ minLength: 1, unit: 'grapheme' }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(kinds, data, names, async (kind, member, name) => {
        const mission = name === undefined ? {} : { mission: name, task: `${name}/1` };
        await log.append([{ kind, data: { ...(member as JsonObject), secret: 'x' }, ...mission }]);
      }),
    );
    const rows = 'SELECT seq, entry FROM told ORDER BY seq';
    const anew = openFolded(dir, [{ ...told, version: 2 }]);
    expect(anew.db.all(rows)).toEqual(log.db.all(rows));
    anew.close();
  });

  it('that is new folds what is there already', async () => {
    const dir = tempFolder();
    const log = writer(dir);
    await log.append(drafts(2500));
    log.close();
    const again = writer(dir, { projections: [counts()] });
    await again.append([draft(2500)]);
    expect(counted(again)).toMatchObject([{ n: 834 }, { n: 834 }, { n: 833 }]);
  });

  it('is not folded again when nothing changed', async () => {
    const dir = tempFolder();
    const log = writer(dir, { projections: [counts()] });
    await log.append(drafts(3));
    log.close();
    const other: Projection = {
      ...counts(),
      apply() {
        throw new Error('folded');
      },
    };
    expect(counted(writer(dir, { projections: [other] }))).toHaveLength(3);
  });

  it('of another version or schema is dropped and folded anew', async () => {
    const dir = tempFolder();
    const log = writer(dir, { projections: [counts()] });
    await log.append(drafts(3));
    log.close();
    const second = writer(dir, { projections: [counts(2, 10)] });
    expect(counted(second)).toMatchObject([{ n: 10 }, { n: 10 }, { n: 10 }]);
    second.close();
    const third = writer(dir, {
      projections: [{ ...counts(2, 7), schema: 'CREATE TABLE mission_count(mission TEXT PRIMARY KEY, n INT)' }],
    });
    expect(counted(third)).toMatchObject([{ n: 7 }, { n: 7 }, { n: 7 }]);
    expect(third.db.all("SELECT name FROM sqlite_master WHERE name = 'big'")).toEqual([]);
  });

  it('that a writer did not know catches up later', async () => {
    const dir = tempFolder();
    const first = writer(dir, { projections: [counts()] });
    await first.append(drafts(3));
    first.close();
    const without = writer(dir);
    await without.append(drafts(3, 3));
    expect(counted(without)).toMatchObject([{ n: 1 }, { n: 1 }, { n: 1 }]);
    without.close();
    writer(dir).close();
    const again = writer(dir, { projections: [counts()] });
    await again.append(drafts(3, 6));
    expect(counted(again)).toMatchObject([{ n: 3 }, { n: 3 }, { n: 3 }]);
  });

  it('whose folding fails stops the opening and changes nothing', async () => {
    const dir = tempFolder();
    const log = writer(dir, { projections: [counts()] });
    await log.append(drafts(3));
    log.close();
    const broken: Projection = {
      ...counts(3),
      apply() {
        throw new Error('broken');
      },
    };
    expect(() => writer(dir, { projections: [broken] })).toThrow('broken');
    expect(counted(writer(dir, { projections: [counts()] }))).toMatchObject([{ n: 1 }, { n: 1 }, { n: 1 }]);
  });
});
