import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { systemClock } from '../src/base/clock.ts';
import { fsck } from '../src/runtime/log/fsck.ts';
import { openLog } from '../src/runtime/log/log.ts';
import { benchSigner, draft } from './append-chain.ts';
import { type BenchRow, row } from './bench-row.ts';

const ENTRIES = 1_000_000;
const BATCH = 2000;
const PROOFS = 20_000;

/** Speed of a log of a million entries; it takes a minute to make, and half a gigabyte while the bench runs. */
export async function benchLargeLog(): Promise<BenchRow[]> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-large-log-'));
  const signer = benchSigner();
  const log = openLog(dir, { mode: 'write', clock: systemClock, signer });
  try {
    for (let at = 0; at < ENTRIES; at += BATCH) await log.append(Array.from({ length: BATCH }, (_, i) => draft(at + i)));
    log.checkpoint();
    return [
      rate('proofs', { count: PROOFS, goal: 3000 }, () => {
        for (let i = 0; i < PROOFS; i++) log.prove((i * 7_919_993) % ENTRIES);
      }),
      rate('fsck', { count: ENTRIES, goal: 200_000 }, () => {
        const { entries, faults } = fsck(dir, { verifier: signer });
        if (entries !== ENTRIES || faults.length > 0)
          throw new Error(`fsck read ${entries} entries, and found ${faults.length} faults`);
      }),
    ];
  } finally {
    log.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** A rate by the clock on the wall. */
function rate(name: string, { count, goal }: { count: number; goal: number }, work: () => void): BenchRow {
  const start = performance.now();
  work();
  const value = Math.round((count / (performance.now() - start)) * 1000);
  return row(`log of 1,000,000: ${name}`, { value, baseline: goal, unit: '1/s' });
}
