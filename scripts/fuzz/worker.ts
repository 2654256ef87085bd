import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';

import { type CaseResult, runCase } from './run-case.ts';
import { kindsIn } from './seeds.ts';

/** What the watcher hands over; `progress[0]` is the number of the case that runs, so that one that never ends has a name. */
export interface FuzzOrder {
  /** Folders of bundles. */
  corpus: readonly string[];
  seed: number;
  from: number;
  files: number;
  limit: number;
  progress: Int32Array<SharedArrayBuffer>;
}

export type FuzzNews =
  | { type: 'found'; index: number; result: CaseResult }
  | { type: 'done'; counts: Record<string, number>; slowest: number };

const { corpus, seed, from, files, limit, progress } = workerData as FuzzOrder;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
const tell = (news: FuzzNews): void => parentPort?.postMessage(news);

const kinds = await kindsIn(corpus);
const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
const counts: Record<string, number> = {};
let slowest = 0;
try {
  for (let index = from; index < from + files; index++) {
    Atomics.store(progress, 0, index);
    const result = await runCase({ index, seed, kinds, folder });
    counts[result.kind] = (counts[result.kind] ?? 0) + 1;
    slowest = Math.max(slowest, result.milliseconds);
    if (result.milliseconds > limit) result.faults.push(`${Math.round(result.milliseconds)} ms, more than ${limit}`);
    if (result.faults.length > 0) tell({ type: 'found', index, result });
  }
  tell({ type: 'done', counts, slowest });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
