import { chmodSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Digest, hexOf } from '../../../src/base/digest.ts';
import { fsck, type FsckReport } from '../../../src/runtime/log/fsck.ts';
import { openLog } from '../../../src/runtime/log/log.ts';
import type { AgentEvent } from '../../../src/runtime/policy/agent-event.ts';
import { exportMission } from '../../../src/runtime/vault/export-mission.ts';
import { openContentStore } from '../../../src/runtime/vault/content-store.ts';
import { verifyWorkspace } from '../../../src/runtime/vault/verify-workspace.ts';
import { ExportCopy } from './export-copy.ts';
import { FILES, MISSION, openWorkspace, runMission, type Workspace } from './sample-mission.ts';

/** How many bytes are changed in each of the three places, chosen by `SEED`; `FLIPS=all` for every one, of which there are over 100,000. */
const FLIPS = process.env['FLIPS'] ?? '120';
const SEED = Number(process.env['SEED'] ?? 7);
const TIME = FLIPS === 'all' ? 2 * 3_600_000 : 60_000 + Number(FLIPS) * 200;

let workspace: Workspace;
beforeAll(async () => {
  workspace = await openWorkspace();
  // More than one tile of entries, so that there are rows of tiles too.
  await workspace.log.append(Array.from({ length: 300 }, (_, i) => ({ kind: 'noise.made', data: { i } })));
  await runMission(workspace, { files: { ...FILES, 'src/table.ts': { content: TABLE, type: 'code' } }, events: [DENIAL] });
  await exportMission(workspace, MISSION, join(workspace.dir, 'export'));
  workspace.log.close();
  await appendInBurst();
});
afterAll(() => workspace[Symbol.dispose]());

/** Of an agent, whose run is stated. */
const DENIAL: AgentEvent = {
  kind: 'agent.decision',
  agent: 'model/T1/1',
  action: { kind: 'run', argv: ['curl'] },
  decision: { verdict: 'deny', rule: 'nothing' },
};

/** A file that is large beside the others. */
const TABLE = Array.from({ length: 1000 }, (_, i) => `export const square${i} = ${i * i};\n`).join('');

/** Commits too close to sign each: they end in codes, and one checkpoint over all. */
async function appendInBurst(): Promise<void> {
  const log = openLog(workspace.dir, {
    mode: 'write',
    clock: { now: Date.now },
    signer: workspace.logKey,
    signing: { every: 3_600_000, within: 3_600_000 },
  });
  for (let i = 0; i < 3; i++) await log.append([{ kind: 'noise.made', mission: MISSION, task: 'T1', data: { i } }]);
  log.close();
}

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

interface Tampering<T> {
  place: T;
  whole: Buffer;
  flip: Flip;
}

let flips = 0;

/** Which bytes to change, of all that lie at these places. */
function* tamperings<T>(
  places: readonly T[],
  { read, seed }: { read: (place: T) => Buffer; seed: number },
): Iterable<Tampering<T>> {
  const next = random(seed);
  const flip = (at: number): Flip => ({ at, bits: 1 + next(255) });
  if (FLIPS === 'all') {
    for (const place of places) {
      const whole = read(place);
      for (let at = 0; at < whole.length; at++, flips++) yield { place, whole, flip: flip(at) };
    }
    return;
  }
  for (let i = 0; i < Number(FLIPS); i++) {
    // In turn, so that small places are not left out.
    const place = places[i % places.length] as T;
    const whole = read(place);
    yield { place, whole, flip: flip(next(whole.length)) };
  }
}

function changed(bytes: Buffer, { at, bits }: Flip): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ bits;
  return copy;
}

const checkedLog = (dir: string) => fsck(dir, { verifier: workspace.logKey });

/** What `verify` says, after this that `fsck` has said of the log. */
async function failuresOf(dir: string, report = checkedLog(dir)) {
  const { signingKey, logKey } = workspace;
  const log = openLog(dir, { mode: 'read' });
  try {
    const source = { log, store: openContentStore(dir), logKey, signingKeys: [signingKey.publicKey] };
    return (await verifyWorkspace({ ...source, fsck: report })).failures;
  } finally {
    log.close();
  }
}

const REFUSED = 'refused';

/** A log that is not what its last checkpoint signs is not even opened, and the refusal sends to `fsck`. */
async function toldOf(dir: string, report: FsckReport): Promise<string[] | typeof REFUSED> {
  try {
    return subjectsOf(await failuresOf(dir, report));
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
    const { store, dir } = workspace;
    const untouched = checkedLog(dir);
    const read = (digest: Digest) => readFileSync(store.pathOf(digest));
    for (const { place: digest, whole, flip } of tamperings([...store.list()], { read, seed: SEED })) {
      const path = store.pathOf(digest);
      chmodSync(path, 0o644);
      writeFileSync(path, changed(whole, flip));
      const subjects = subjectsOf(await failuresOf(dir, untouched));
      writeFileSync(path, whole);
      hold(subjects, { culprit: `cas/sha256/${hexOf(digest).slice(0, 2)}/${hexOf(digest)}`, flip });
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
    const kindsOfCells = places.map(({ row, column }) => `${row.split(' ')[0]}.${column}`);
    const ofEntries = ['body', 'leaf', 'kind', 'mission', 'task', 'mac', 'note'].map((column) => `entry.${column}`);
    expect(new Set(kindsOfCells)).toEqual(
      new Set([...ofEntries, 'seal.note', 'mission_block.mission', 'tile.hashes', 'tile.root']),
    );
    const read = ({ column, row }: Cell) =>
      db.prepare<[], Buffer>(`SELECT CAST(${column} AS BLOB) FROM ${row}`).pluck().get() ?? Buffer.alloc(0);
    for (const { place, whole, flip } of tamperings(places, { read, seed: SEED + 1 })) {
      set(db, { place, bytes: changed(whole, flip) });
      const report = checkedLog(dir);
      const told = await toldOf(dir, report);
      set(db, { place, bytes: whole });
      hold(subjectsOf(report.faults), { culprit: place.culprit, flip });
      if (told !== REFUSED) hold(told, { culprit: `log ${place.culprit}`, flip });
    }
    db.close();
    nothingMissed();
    expect(await failuresOf(dir)).toEqual([]);
  });

  it('in the export, whichever file', { timeout: TIME }, async () => {
    const copy = new ExportCopy(join(workspace.dir, 'export'));
    try {
      const read = (path: string) => copy.read(path);
      for (const { place: path, whole, flip } of tamperings(copy.paths(), { read, seed: SEED + 2 })) {
        copy.write(path, changed(whole, flip));
        const [first] = await copy.failures();
        copy.write(path, whole);
        hold(first ? [first.subject] : [], { culprit: path, flip });
      }
      nothingMissed();
      expect(await copy.failures()).toEqual([]);
    } finally {
      copy.delete();
    }
  });

  it.runIf(FLIPS === 'all')('which is enough of them', () => {
    expect(flips).toBeGreaterThan(100_000);
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

/**
 * Cells of the mission's entries, of every tile and of every checkpoint. Not `dedup`, which nobody signs: it says what a writer that does something again
 * leaves out, and nothing of what is there.
 */
function cellsOf(db: Sqlite.Database): Cell[] {
  const seqs = (condition: string) =>
    db.prepare<[], number>(`SELECT seq FROM entry WHERE ${condition} ORDER BY seq`).pluck().all();
  const sizes = db.prepare<[], number>('SELECT size FROM seal').pluck().all();
  const blocks = db.prepare<[], number>('SELECT block FROM mission_block').pluck().all();
  const tiles = db.prepare<[], { level: number; n: number }>('SELECT level, n FROM tile').all();
  const text = (row: string, column: string, culprit: string): Cell => ({ row, column, isText: true, culprit });
  const blob = (row: string, column: string, culprit: string): Cell => ({ row, column, isText: false, culprit });
  return [
    ...tiles.flatMap(({ level, n }) =>
      ['hashes', 'root'].map((column) =>
        blob(`tile WHERE level = ${level} AND n = ${n}`, column, `tile ${level}/${String(n).padStart(3, '0')}`),
      ),
    ),
    ...seqs('note IS NOT NULL').map((seq) => text(`entry WHERE seq = ${seq}`, 'note', `checkpoint at ${seq + 1}`)),
    ...seqs('mac IS NOT NULL').map((seq) => blob(`entry WHERE seq = ${seq}`, 'mac', `checkpoint at ${seq + 1}`)),
    ...sizes.map((size) => text(`seal WHERE size = ${size}`, 'note', `checkpoint at ${size}`)),
    ...blocks.map((block) => text(`mission_block WHERE block = ${block}`, 'mission', 'database')),
    ...seqs('mission IS NOT NULL').flatMap((seq) => [
      ...['body', 'leaf'].map((column) => blob(`entry WHERE seq = ${seq}`, column, `entry ${seq}`)),
      ...['kind', 'mission'].map((column) => text(`entry WHERE seq = ${seq}`, column, `entry ${seq}`)),
    ]),
    ...seqs('task IS NOT NULL').map((seq) => text(`entry WHERE seq = ${seq}`, 'task', `entry ${seq}`)),
  ];
}

function set(db: Sqlite.Database, { place: { row, column, isText }, bytes }: { place: Cell; bytes: Buffer }): void {
  const [table, condition] = row.split(' WHERE ');
  db.prepare(`UPDATE ${table} SET ${column} = ${isText ? 'CAST(? AS TEXT)' : '?'} WHERE ${condition}`).run(bytes);
}
