import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openLog } from '../../../../src/runtime/log/log.ts';
import { queryFault } from '../../../../src/runtime/log/table-query.ts';
import { queryEvidence } from '../../../../src/runtime/app/evidence/query-evidence.ts';
import { openKeys } from '../../../../src/runtime/app/ledger/keys.ts';
import { openWorkspace } from '../../../../src/runtime/app/workspace.ts';
import { missionProjection } from '../../../../src/runtime/mission/projection.ts';
import { EVIDENCE_COLUMNS } from '../../../../src/runtime/vault/evidence-table.ts';

let dir: string;
const before = process.env['AGENTNEXUS_KEYS'];
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'query-'));
  process.env['AGENTNEXUS_KEYS'] = join(dir, 'keys');
  const workspace = openWorkspace({ cwd: dir });
  const signer = openKeys(workspace).log();
  openLog(workspace.dir, { mode: 'write', clock: { now: () => 0 }, signer, projections: [missionProjection] }).close();
});
afterAll(() => {
  if (before === undefined) delete process.env['AGENTNEXUS_KEYS'];
  else process.env['AGENTNEXUS_KEYS'] = before;
  rmSync(dir, { recursive: true });
});

const ask = (sql: string, options: { limit?: number; timeout?: number } = {}) => queryEvidence({ sql, ...options }, { cwd: dir });

describe('a query of evidence', () => {
  it('has the documented columns', async () => {
    const { columns, rows } = await ask('SELECT * FROM analytics.evidence_summary');
    expect({ columns, rows }).toEqual({ columns: EVIDENCE_COLUMNS.map(({ name }) => name), rows: [] });
  });

  it('answers with what JSON can hold', async () => {
    const { rows } = await ask("SELECT 1, 0.5, NULL, 'x', x'00ff', 9223372036854775807");
    expect(rows).toEqual([[1, 0.5, null, 'x', '00ff', '9223372036854775807']]);
  });

  it('is bounded in rows and in time', async () => {
    const forever = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT';
    expect(await ask(`${forever} i FROM n`, { limit: 3 })).toMatchObject({ rows: [[1], [2], [3]], truncated: true });
    expect(await ask('VALUES (1), (2), (3)', { limit: 3 })).toMatchObject({ truncated: false });
    await expect(ask(`${forever} count(*) FROM n`, { timeout: 800 })).rejects.toMatchObject({ code: 'USAGE' });
  });

  it.each([
    "ATTACH 'stolen.db' AS x",
    "/* c */ -- d\n ATTACH 'stolen.db' AS x",
    "SELECT 1; ATTACH 'stolen.db' AS x",
    "VACUUM INTO 'stolen.db'",
    "VACUUM analytics INTO 'stolen.db'",
    'PRAGMA query_only = OFF',
    'CREATE TABLE x(y)',
    'WITH a AS (SELECT 1) INSERT INTO analytics.evidence_summary_row(path) SELECT 1 FROM a',
    "SELECT load_extension('x')",
    "SELECT readfile('workspace.json')",
    "SELECT * FROM pragma_journal_mode('x', 'y', 'z')",
    'SELECT * FROM entry',
    'SELECT',
    '',
    ' -- nothing',
  ])('refuses %j, and leaves nothing behind', async (sql) => {
    await expect(ask(sql)).rejects.toMatchObject({ code: 'USAGE' });
    for (const folder of [dir, join(dir, '.agentnexus'), join(dir, '.agentnexus', 'tmp')]) {
      expect(existsSync(join(folder, 'stolen.db'))).toBe(false);
    }
  });

  it('is told by its first word, whatever stands before it', () => {
    expect(queryFault('-- a\n/* b */ select 1')).toBeUndefined();
    expect(queryFault('selection')).toBeDefined();
  });
});
