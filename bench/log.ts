import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { systemClock } from '../src/base/clock.ts';
import { fsck } from '../src/runtime/log/fsck.ts';
import { type Log, openLog } from '../src/runtime/log/log.ts';
import { bareChain, benchSigner, draft } from './append-chain.ts';
import { type BenchRow, median, row } from './bench-row.ts';
import type { StepChain } from './peers/step-chain.ts';

const SINGLES = 100;
const ROUNDS = 51;
const BATCH = 1000;
const BATCHES = 60;

/** Speed of the log. One by one, beside bare better-sqlite3 with the same durability and a row of the same body; rounds alternate. */
export async function benchLog(): Promise<BenchRow[]> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-log-'));
  const signer = benchSigner();
  const log = openLog(join(dir, 'ours'), { mode: 'write', clock: systemClock, signer });
  const bare = bareChain();
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
    await bare.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** A rate, in whole numbers, beside a target or another rate. */
function rateRow(name: string, value: number, baseline: number): BenchRow {
  return row(name, { value: Math.round(value), baseline: Math.round(baseline), unit: '1/s' });
}

async function alternately(log: Log, bare: StepChain): Promise<BenchRow> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    theirs.push((SINGLES / (await bare.run(SINGLES))) * 1000);
    ours.push(await rate(SINGLES, () => appendSingles(log)));
  }
  return rateRow('log: durable appends one by one (baseline: bare better-sqlite3 FULL)', median(ours), median(theirs));
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
