import { chmodSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { hexOf } from '../../../src/base/digest.ts';
import { fsck } from '../../../src/runtime/log/fsck.ts';
import { openLog } from '../../../src/runtime/log/log.ts';
import { exportMission } from '../../../src/runtime/vault/export-mission.ts';
import { openContentStore } from '../../../src/runtime/vault/content-store.ts';
import { verifyWorkspace } from '../../../src/runtime/vault/verify-workspace.ts';
import { ExportCopy } from './export-copy.ts';
import { MISSION, openWorkspace, runMission, type Workspace } from './sample-mission.ts';

/** Bytes that are changed in each of the three places; `FLIPS=10000` for more, `SEED` for others. */
const FLIPS = Number(process.env['FLIPS'] ?? 120);
const SEED = Number(process.env['SEED'] ?? 7);
const TIME = 60_000 + FLIPS * 200;

let workspace: Workspace;
beforeAll(async () => {
  workspace = await openWorkspace();
  // More than one tile of entries, so that there are rows of tiles too.
  await workspace.log.append(Array.from({ length: 300 }, (_, i) => ({ kind: 'noise.made', data: { i } })));
  await runMission(workspace);
  await exportMission(workspace, MISSION, join(workspace.dir, 'export'));
  workspace.log.close();
});
afterAll(() => workspace[Symbol.dispose]());

/** Mulberry32: the same bytes every time. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

interface Flip {
  at: number;
  bits: number;
}

/** Places in turn, so that small ones are not left out; bytes at random. */
function sample<T>(places: readonly T[], seed: number): { place: T; flip: (length: number) => Flip }[] {
  const next = random(seed);
  return Array.from({ length: FLIPS }, (_, i) => {
    const place = places[i % places.length] as T;
    return { place, flip: (length) => ({ at: next(length), bits: 1 + next(255) }) };
  });
}

function changed(bytes: Buffer, { at, bits }: Flip): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ bits;
  return copy;
}

async function failuresOf(dir: string) {
  const { signingKey, logKey } = workspace;
  const log = openLog(dir, { mode: 'read' });
  try {
    const source = { log, store: openContentStore(dir), logKey, signingKeys: [signingKey.publicKey] };
    return (await verifyWorkspace({ ...source, fsck: fsck(dir, { verifier: logKey }) })).failures;
  } finally {
    log.close();
  }
}

const REFUSED = 'refused';

/** A log that is not what its last checkpoint signs is not even opened, and the refusal sends to `fsck`. */
async function toldOf(dir: string): Promise<string[] | typeof REFUSED> {
  try {
    return subjectsOf(await failuresOf(dir));
  } catch (error) {
    expect(error).toMatchObject({ code: 'LOG_CORRUPT', hint: expect.stringContaining('ledger fsck') });
    return REFUSED;
  }
}

const subjectsOf = (failures: readonly { subject: string }[]): string[] => failures.map(({ subject }) => subject);

/** Flips that were not found, or under another name; each in words that find it again. */
const missed: string[] = [];
function hold(subjects: readonly string[], { culprit, flip }: { culprit: string; flip: Flip }): void {
  if (!subjects.includes(culprit)) missed.push(`${culprit} at ${flip.at} ^ ${flip.bits}: ${subjects.join(', ') || 'not found'}`);
}
function nothingMissed(): void {
  expect(missed.splice(0)).toEqual([]);
}

describe(`any byte that is changed is found, and named (FLIPS=${FLIPS}, SEED=${SEED})`, () => {
  it('in the content store: artifacts, statements, lists of files', { timeout: TIME }, async () => {
    expect(await failuresOf(workspace.dir)).toEqual([]);
    const { store } = workspace;
    for (const { place: digest, flip } of sample([...store.list()], SEED)) {
      const path = store.pathOf(digest);
      const whole = readFileSync(path);
      const one = flip(whole.length);
      chmodSync(path, 0o644);
      writeFileSync(path, changed(whole, one));
      const subjects = subjectsOf(await failuresOf(workspace.dir));
      writeFileSync(path, whole);
      hold(subjects, { culprit: `cas/sha256/${hexOf(digest).slice(0, 2)}/${hexOf(digest)}`, flip: one });
    }
    nothingMissed();
    expect(await failuresOf(workspace.dir)).toEqual([]);
  });

  it('in the database: entries, tiles, checkpoints', { timeout: TIME }, async () => {
    const dir = join(workspace.dir, 'tampered');
    for (const name of ['log.db', 'keys', 'cas']) cpSync(join(workspace.dir, name), join(dir, name), { recursive: true });
    const db = new Sqlite(join(dir, 'log.db'));
    for (const { name } of db.prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all())
      db.exec(`DROP TRIGGER ${name}`);
    const places = cellsOf(db);
    expect(new Set(places.map(({ column }) => column))).toEqual(
      new Set(['body', 'leaf', 'kind', 'mission', 'note', 'hashes', 'root']),
    );
    for (const { place, flip } of sample(places, SEED + 1)) {
      const whole =
        db.prepare<[], Buffer>(`SELECT CAST(${place.column} AS BLOB) FROM ${place.row}`).pluck().get() ?? Buffer.alloc(0);
      const one = flip(whole.length);
      set(db, { place, bytes: changed(whole, one) });
      const found = subjectsOf(fsck(dir, { verifier: workspace.logKey }).faults);
      const told = await toldOf(dir);
      set(db, { place, bytes: whole });
      hold(found, { culprit: place.culprit, flip: one });
      if (told !== REFUSED) hold(told, { culprit: `log ${place.culprit}`, flip: one });
    }
    db.close();
    nothingMissed();
    expect(await failuresOf(dir)).toEqual([]);
  });

  it('in the export, whichever file', { timeout: TIME }, async () => {
    const copy = new ExportCopy(join(workspace.dir, 'export'));
    try {
      for (const { place: path, flip } of sample(copy.paths(), SEED + 2)) {
        const whole = copy.read(path);
        const one = flip(whole.length);
        copy.write(path, changed(whole, one));
        const [first] = await copy.failures();
        copy.write(path, whole);
        hold(first ? [first.subject] : [], { culprit: path, flip: one });
      }
      nothingMissed();
      expect(await copy.failures()).toEqual([]);
    } finally {
      copy.delete();
    }
  });
});

interface Cell {
  /** Table and condition. */
  row: string;
  column: string;
  isText: boolean;
  /** What `fsck` must name. */
  culprit: string;
}

/** Cells of the mission's entries, of every tile and of every checkpoint. */
function cellsOf(db: Sqlite.Database): Cell[] {
  const seqs = db.prepare<[], number>('SELECT seq FROM entry WHERE mission IS NOT NULL ORDER BY seq').pluck().all();
  const noted = db.prepare<[], number>('SELECT seq FROM entry WHERE note IS NOT NULL ORDER BY seq').pluck().all();
  const tiles = db.prepare<[], { level: number; n: number }>('SELECT level, n FROM tile').all();
  return [
    ...tiles.flatMap(({ level, n }) =>
      ['hashes', 'root'].map((column) => ({
        row: `tile WHERE level = ${level} AND n = ${n}`,
        column,
        isText: false,
        culprit: `tile ${level}/${String(n).padStart(3, '0')}`,
      })),
    ),
    ...noted.map((seq) => ({
      row: `entry WHERE seq = ${seq}`,
      column: 'note',
      isText: true,
      culprit: `checkpoint at ${seq + 1}`,
    })),
    ...seqs.flatMap((seq) =>
      ['body', 'leaf', 'kind', 'mission'].map((column) => ({
        row: `entry WHERE seq = ${seq}`,
        column,
        isText: column === 'kind' || column === 'mission',
        culprit: `entry ${seq}`,
      })),
    ),
  ];
}

function set(db: Sqlite.Database, { place: { row, column, isText }, bytes }: { place: Cell; bytes: Buffer }): void {
  const [table, condition] = row.split(' WHERE ');
  db.prepare(`UPDATE ${table} SET ${column} = ${isText ? 'CAST(? AS TEXT)' : '?'} WHERE ${condition}`).run(bytes);
}
