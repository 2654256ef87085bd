import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { fsck } from '../../../src/runtime/log/fsck.ts';
import { openLog } from '../../../src/runtime/log/log.ts';
import { leafHash } from '../../../src/runtime/log/merkle.ts';
import { clock, draft, drafts, signer } from './fixed.ts';
import { tempFolder } from './log-fixture.ts';

/** 700 entries: two full tiles and a tail, checkpoints at 300, 600, 601 … 610 and 700. */
let whole = '';

beforeAll(async () => {
  whole = mkdtempSync(join(tmpdir(), 'fsck-'));
  const log = openLog(whole, { mode: 'write', clock, signer });
  await log.append(drafts(300));
  await log.append(drafts(300, 300));
  for (let i = 600; i < 610; i++) await log.append([draft(i)]);
  await log.append(drafts(90, 610));
  log.close();
  return () => rmSync(whole, { recursive: true, force: true });
});

/** Subjects of the faults after a change behind the log's back. */
function subjectsAfter(sql: string): string[] {
  return reportAfter(sql).faults.map(({ subject }) => subject);
}

function reportAfter(sql: string): ReturnType<typeof fsck> {
  const dir = tempFolder();
  cpSync(whole, dir, { recursive: true });
  const db = new Sqlite(join(dir, 'log.db'));
  db.exec(
    'DROP TRIGGER entry_no_update; DROP TRIGGER entry_no_delete; DROP TRIGGER tile_no_update; DROP TRIGGER tile_no_delete; DROP TRIGGER mission_block_no_delete',
  );
  db.function('flip', (bytes: Buffer, at: number) => {
    const copy = Buffer.from(bytes);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  });
  db.function('sha', (bytes: Buffer) => leafHash(bytes));
  db.exec(sql);
  db.close();
  return fsck(dir, { verifier: signer });
}

describe('fsck', () => {
  it('finds nothing in a whole log', () => {
    expect(fsck(whole, { verifier: signer })).toEqual({ entries: 700, checkpoints: 13, tiles: 2, unsigned: 0, faults: [] });
  });

  it.each([
    ['a body under a tile', 'UPDATE entry SET body = flip(body, 40) WHERE seq = 12', ['entry 12']],
    ['a body in the tail', 'UPDATE entry SET body = flip(body, 99) WHERE seq = 650', ['entry 650']],
    [
      'a body that stays JSON',
      `UPDATE entry SET body = CAST(replace(CAST(body AS TEXT), '"i":605', '"i":606') AS BLOB) WHERE seq = 605`,
      ['entry 605'],
    ],
    ['a leaf under a tile', 'UPDATE entry SET leaf = flip(leaf, 0) WHERE seq = 12', ['entry 12']],
    ['a leaf in the tail', 'UPDATE entry SET leaf = flip(leaf, 31) WHERE seq = 699', ['entry 699']],
    [
      'body and leaf together, under a tile',
      'UPDATE entry SET body = flip(body, 99), leaf = sha(flip(body, 99)) WHERE seq = 300',
      ['entry 300'],
    ],
    [
      'a body and another leaf',
      'UPDATE entry SET body = flip(body, 99) WHERE seq = 5; UPDATE entry SET leaf = flip(leaf, 1) WHERE seq = 6',
      ['entry 5', 'entry 6'],
    ],
    ['kind', "UPDATE entry SET kind = 'task.started' WHERE seq = 610", ['entry 610']],
    ['mission', "UPDATE entry SET mission = 'm9' WHERE seq = 1", ['entry 1']],
    ['no mission', 'UPDATE entry SET mission = NULL WHERE seq = 1', ['entry 1']],
    ['task', "UPDATE entry SET task = 't2' WHERE seq = 1", ['entry 1']],
    ['a hash in a tile', 'UPDATE tile SET hashes = flip(hashes, 33) WHERE n = 1', ['tile 0/001']],
    ['a root of a tile', 'UPDATE tile SET root = flip(root, 3) WHERE n = 0', ['tile 0/000']],
    ['a lost tile', 'DELETE FROM tile WHERE n = 0', ['tile 0/000']],
    ['a tile cut short', 'UPDATE tile SET hashes = zeroblob(31) WHERE n = 0', ['tile 0/000']],
    ['a tile too many', 'INSERT INTO tile SELECT 0, 2, root, hashes FROM tile WHERE n = 1', ['tile 0/002']],
    ['a checkpoint', `UPDATE entry SET note = CAST(flip(CAST(note AS BLOB), 20) AS TEXT) WHERE seq = 605`, ['checkpoint at 606']],
    [
      'the signature of a checkpoint',
      `UPDATE entry SET note = CAST(flip(CAST(note AS BLOB), length(note) - 20) AS TEXT) WHERE seq = 299`,
      ['checkpoint at 300'],
    ],
    [
      'a checkpoint of another size',
      'UPDATE entry SET note = (SELECT note FROM entry WHERE seq = 299) WHERE seq = 605',
      ['checkpoint at 606'],
    ],
    ['no last checkpoint', 'UPDATE entry SET note = NULL WHERE seq = 699', ['checkpoint at 700']],
    ['a lost entry under a tile', 'DELETE FROM entry WHERE seq = 100', ['entry 100']],
    ['a lost row of the index of missions', "DELETE FROM mission_block WHERE mission = 'm1' AND block = 2", ['database']],
    ['a seal of a size that never was', `INSERT INTO seal SELECT 900, note FROM entry WHERE seq = 699`, ['checkpoint at 900']],
    ['a seal that was moved', `INSERT INTO seal SELECT 640, note FROM entry WHERE seq = 699`, ['checkpoint at 640']],
    ['an entry far behind all others', 'UPDATE entry SET seq = 1 << 60 WHERE seq = 699', ['database']],
    ['a whole lost page', 'DELETE FROM entry WHERE seq BETWEEN 256 AND 258', ['entry 256', 'entry 257', 'entry 258']],
  ])('names %s', (_what, sql, subjects) => {
    expect(subjectsAfter(sql)).toEqual(subjects);
  });

  it('names the culprit for any byte of any row', () => {
    const columns = fc.constantFrom('kind', 'mission', 'task', 'leaf', 'body', 'note');
    fc.assert(
      fc.property(fc.integer({ min: 600, max: 609 }), columns, fc.nat(), (seq, column, at) => {
        const blob = ['leaf', 'body'].includes(column) ? column : `CAST(${column} AS BLOB)`;
        const flipped = `flip(${blob}, ${at} % length(${blob}))`;
        const value = blob === column ? flipped : `CAST(${flipped} AS TEXT)`;
        const subject = column === 'note' ? `checkpoint at ${seq + 1}` : `entry ${seq}`;
        expect(subjectsAfter(`UPDATE entry SET ${column} = ${value} WHERE seq = ${seq}`)).toEqual([subject]);
      }),
      { numRuns: 25 },
    );
  });

  it('names the tile for any byte of it', () => {
    fc.assert(
      fc.property(fc.nat(1), fc.nat(8191), (n, at) => {
        expect(subjectsAfter(`UPDATE tile SET hashes = flip(hashes, ${at}) WHERE n = ${n}`)).toEqual([`tile 0/00${n}`]);
      }),
      { numRuns: 8 },
    );
  });

  it('names the checkpoint when an entry of the tail was rewritten with its leaf', () => {
    const sql = 'UPDATE entry SET body = flip(body, 99), leaf = sha(flip(body, 99)) WHERE seq = 604';
    expect(subjectsAfter(sql)).toEqual(['checkpoint at 605']);
  });

  it('names a lost entry of the tail, and what it was signed under', () => {
    expect(subjectsAfter('DELETE FROM entry WHERE seq = 650')).toEqual(['entry 650', 'checkpoint at 700']);
  });

  it('gives each fault a code and a reason', () => {
    expect(reportAfter("UPDATE entry SET kind = 'x' WHERE seq = 3").faults).toEqual([
      { subject: 'entry 3', code: 'ENTRY_CHANGED', message: 'its kind column is not the kind in its body' },
    ]);
  });

  it('tells a checkpoint that was moved from one that does not hold', () => {
    const moved = reportAfter('UPDATE entry SET note = (SELECT note FROM entry WHERE seq = 299) WHERE seq = 605').faults;
    expect(moved).toMatchObject([{ code: 'CHECKPOINT_INVALID', message: 'it speaks of size 300' }]);
    const rewritten = reportAfter('UPDATE entry SET body = flip(body, 99), leaf = sha(flip(body, 99)) WHERE seq = 604').faults;
    expect(rewritten).toMatchObject([{ code: 'CHECKPOINT_MISMATCH' }]);
  });

  it('without a key checks all but signatures', () => {
    const dir = tempFolder();
    cpSync(whole, dir, { recursive: true });
    expect(fsck(dir)).toMatchObject({ entries: 700, faults: [] });
  });

  it('runs beside a writer', async () => {
    const dir = tempFolder();
    const log = openLog(dir, { mode: 'write', clock, signer });
    onTestFinished(() => log.close());
    await log.append(drafts(10));
    expect(fsck(dir, { verifier: signer })).toMatchObject({ entries: 10, faults: [] });
  });
});
