import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';

import type { FuzzNews, FuzzOrder } from './fuzz/worker.ts';

/**
 * Reads changed files of every dialect, document and archive, and says which of them break a law: an error that is none of ours, a
 * line or checkbox lost, an edge to nothing, more than a second of processor time. A case is named by its number.
 */
const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    corpus: { type: 'string', multiple: true, default: [join(import.meta.dirname, '..', 'test', 'spec', 'fixtures', 'bundles')] },
    keep: { type: 'string' },
  },
});

/** Milliseconds of processor time for one case, and of the clock until it counts as one that never ends. */
const LIMIT = 1000;
const HANG = 60_000;
const MAX_FOUND = 50;

const order: FuzzOrder = {
  corpus: values.corpus.map((folder) => resolve(folder)),
  seed: Number(values.seed),
  from: Number(values.from),
  files: Number(values.files),
  limit: LIMIT,
  progress: new Int32Array(new SharedArrayBuffer(4)),
};
const worker = new Worker(new URL('fuzz/worker.ts', import.meta.url), { workerData: order });
let found = 0;
let last = { index: -1, since: performance.now() };

const watch = setInterval(() => {
  const index = Atomics.load(order.progress, 0);
  if (index !== last.index) last = { index, since: performance.now() };
  else if (performance.now() - last.since > HANG) {
    tell(index, 'never ends');
    void worker.terminate();
  }
}, 1000);

worker.on('message', (news: FuzzNews) => {
  if (news.type === 'done') {
    const kinds = Object.entries(news.counts).map(([kind, count]) => `${count} ${kind}`);
    process.stdout.write(`${kinds.join(', ')}; the slowest took ${Math.round(news.slowest)} ms; ${found} found\n`);
    return;
  }
  const { kind, path, faults, changed } = news.result;
  tell(news.index, `${kind} ${path}\n${faults.slice(0, 5).join('\n')}`);
  if (values.keep !== undefined) {
    mkdirSync(values.keep, { recursive: true });
    writeFileSync(join(values.keep, `${news.index}-${path.replaceAll(/[/ ]/g, '_')}`), changed);
  }
  if (found >= MAX_FOUND) void worker.terminate();
});
worker.on('error', (error) => tell(Atomics.load(order.progress, 0), error.stack ?? error.message));
worker.on('exit', () => {
  clearInterval(watch);
  process.exitCode = found === 0 ? 0 : 1;
});

function tell(index: number, what: string): void {
  found += 1;
  process.stdout.write(
    `case ${index} (again: npm run fuzz -- --seed ${order.seed} --from ${index} --files 1 ${order.corpus.map((folder) => `--corpus ${folder}`).join(' ')})\n${what}\n`,
  );
}
