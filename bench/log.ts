import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import Sqlite from 'better-sqlite3';

import { systemClock } from '../src/base/clock.ts';
import type { EntryDraft } from '../src/runtime/log/entry.ts';
import { fsck } from '../src/runtime/log/fsck.ts';
import { type Log, openLog } from '../src/runtime/log/log.ts';
import { noteSigner } from '../src/runtime/log/signed-note.ts';
import { type BenchRow, median, row } from './bench-row.ts';

const SINGLES = 100;
const ROUNDS = 51;
const BATCH = 1000;
const BATCHES = 60;

/** Speed of the log. One by one, beside bare better-sqlite3 with the same durability and a row of the same body; rounds alternate. */
export async function benchLog(): Promise<BenchRow[]> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-log-'));
  const signer = noteSigner('bench.example/log', generateKeyPairSync('ed25519').privateKey);
  const log = openLog(join(dir, 'ours'), { mode: 'write', clock: systemClock, signer });
  const bare = bareDatabase(join(dir, 'bare.db'));
  try {
    const singles = await alternately(log, bare);
    const batches = await rate(BATCHES * BATCH, () => appendBatches(log));
    const proofs = await rate(PROOFS, () => prove(log));
    const checked = await rate(log.size, () => void fsck(join(dir, 'ours'), { verifier: signer }));
    return [
      singles,
      rateRow('log: appends in batches of 1,000', batches, 20_000),
      rateRow('log: inclusion proofs', proofs, 3000),
      rateRow('log: fsck', checked, 200_000),
    ];
  } finally {
    log.close();
    bare.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** A rate, in whole numbers, beside a target or another rate. */
function rateRow(name: string, value: number, baseline: number): BenchRow {
  return row(name, { value: Math.round(value), baseline: Math.round(baseline), unit: '1/s' });
}

async function alternately(log: Log, bare: Bare): Promise<BenchRow> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    theirs.push(await rate(SINGLES, () => bare.insert(SINGLES)));
    ours.push(await rate(SINGLES, () => appendSingles(log)));
  }
  return rateRow('log: durable appends one by one (baseline: bare better-sqlite3 FULL)', median(ours), median(theirs));
}

interface Bare {
  insert(count: number): void;
  close(): void;
}

function bareDatabase(path: string): Bare {
  const db = new Sqlite(path);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('CREATE TABLE entry(seq INTEGER PRIMARY KEY, body BLOB NOT NULL)');
  const statement = db.prepare('INSERT INTO entry(body) VALUES (?)');
  return {
    insert(count) {
      for (let i = 0; i < count; i++) statement.run(Buffer.from(JSON.stringify(draft(i))));
    },
    close: () => db.close(),
  };
}

/** About 300 bytes, as most entries of a mission are. */
function draft(i: number): EntryDraft {
  const digest = `sha256:${String(i).padStart(64, '0')}`;
  return {
    kind: 'task.settled',
    mission: 'bench',
    task: `task-${i}`,
    data: { attempt: 1, result: 'succeeded', tree: digest, report: digest },
  };
}

async function appendSingles(log: Log): Promise<void> {
  for (let i = 0; i < SINGLES; i++) await log.append([draft(i)]);
}

async function appendBatches(log: Log): Promise<void> {
  for (let batch = 0; batch < BATCHES; batch++) await log.append(Array.from({ length: BATCH }, (_, i) => draft(i)));
}

const PROOFS = 5000;

function prove(log: Log): void {
  const { size } = log;
  for (let i = 0; i < PROOFS; i++) log.prove((i * 7919) % size);
}

async function rate(count: number, work: () => Promise<void> | void): Promise<number> {
  const start = performance.now();
  await work();
  return (count / (performance.now() - start)) * 1000;
}

if (import.meta.main) {
  for (const { name, value, unit, baseline, ratio } of await benchLog()) {
    process.stdout.write(`${name}: ${value} ${unit}, against ${baseline}: ${ratio.toFixed(2)}\n`);
  }
}
