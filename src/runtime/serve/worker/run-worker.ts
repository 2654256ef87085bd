import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { systemClock } from '../../../base/clock.ts';
import { messageOf, NexusError } from '../../../base/errors.ts';
import { readSize } from '../../app/amounts.ts';
import { requireSafe } from '../../app/remote/remotes.ts';
import { readConfig } from '../../app/config.ts';
import { secretDesk } from '../../app/access/secrets.ts';
import { lockWorkspace } from '../../log/writer-lock.ts';
import { openContentStore } from '../../vault/content-store.ts';
import { endOrphans } from '../../workspace/orphans.ts';
import { ControlPlane, type Leased } from './control-plane.ts';
import { performWork, type WorkBench } from './perform-work.ts';
import { WorkerCache } from './worker-cache.ts';

type Options = Readonly<Record<string, string | boolean | undefined>>;

/** Milliseconds that one waits after the first refusal, and at most. */
const PAUSE = { first: 500, most: 30_000 };

/** What waiting does not mend. */
const FATAL: ReadonlySet<string> = new Set(['AUTH_DENIED', 'WORKER_REFUSED', 'NOT_FOUND', 'USAGE']);

interface Shift {
  pool: string;
  bench: WorkBench;
  /** Aborted: what is being done is ended; nothing more is begun. */
  drain: AbortSignal;
  /** Aborted: what is being done is given back. */
  stop: AbortSignal;
}

/** Does tasks of a control plane until a signal comes: at the first, what is being done is ended; at the second it is given back. */
export async function runWorker(options: Options): Promise<void> {
  const text = (name: string): string | undefined => (typeof options[name] === 'string' ? options[name] : undefined);
  const url = requireSafe(required('url', text('url'))).replace(/\/+$/, '');
  const tokenFile = resolve(required('token-file', text('tokenFile')));
  const pool = required('pool', text('pool'));
  const jobs = jobsOf(text('jobs') ?? '1');
  const dir = resolve(text('dir') ?? join(readConfig().home, '.cache', 'agentnexus', 'worker'));
  const most = readSize(text('cacheSize') ?? '10GiB');
  const lock = lockWorkspace(dir, systemClock);
  const secrets = secretDesk({ cwd: process.cwd() });
  try {
    const scratch = join(dir, 'tmp');
    // Nobody else has this folder: what a worker that was killed had started is nobody's now.
    await endOrphans(scratch);
    const plane = new ControlPlane(url, () => readFileSync(tokenFile, 'utf8').trim());
    const store = openContentStore(dir, { writer: true });
    const cache = new WorkerCache(store, most);
    await cache.bound();
    const bench = { dir, scratch, cache, plane, secrets, notice: once(), unconfined: options['unsafeNoSandbox'] === true };
    const { drain, stop } = onSignals();
    process.stderr.write(`Working for ${url}, pool ${pool}, ${jobs} at once\n`);
    await Promise.all(Array.from({ length: jobs }, () => work({ pool, bench, drain, stop })));
  } finally {
    lock.release();
    await secrets.close();
  }
}

/** Says each thing once. */
function once(): (text: string) => void {
  const said = new Set<string>();
  return (text) => {
    if (!said.has(text)) process.stderr.write(`${text}\n`);
    said.add(text);
  };
}

/** One job after the other. */
async function work(shift: Shift): Promise<void> {
  const { pool, bench, drain } = shift;
  let pause = PAUSE.first;
  while (!drain.aborted) {
    try {
      const leased = await bench.plane.lease(pool, drain);
      if (leased !== undefined) await one(leased, shift);
      await bench.cache.bound();
      pause = PAUSE.first;
    } catch (error) {
      if (drain.aborted) return;
      if (error instanceof NexusError && FATAL.has(error.code)) throw error;
      process.stderr.write(`${messageOf(error)} Again in ${pause / 1000} s\n`);
      await wait(pause, undefined, { signal: drain }).catch(() => undefined);
      pause = Math.min(pause * 2, PAUSE.most);
    }
  }
}

/** What goes wrong with one job is no reason to take no other. */
async function one(leased: Leased, { bench, stop }: Shift): Promise<void> {
  const { mission, task, attempt } = leased.assignment;
  const name = `${mission} ${task.id} attempt ${attempt}`;
  process.stderr.write(`${name} begun\n`);
  try {
    process.stderr.write(`${name} ${await performWork(leased, bench, stop)}\n`);
  } catch (error) {
    process.stderr.write(`${name} given back: ${messageOf(error)}\n`);
    // Where nobody hears of it, the lease ends by itself.
    await bench.plane.giveBack(leased.id, messageOf(error)).catch(() => undefined);
  }
}

function onSignals(): { drain: AbortSignal; stop: AbortSignal } {
  const [drain, stop] = [new AbortController(), new AbortController()];
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => (drain.signal.aborted ? stop : drain).abort());
  }
  return { drain: drain.signal, stop: stop.signal };
}

function required(name: string, value: string | undefined): string {
  if (value !== undefined && value !== '') return value;
  throw new NexusError('USAGE', `A worker wants --${name}.`, { hint: 'docs/workers.md shows how one is started.' });
}

function jobsOf(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new NexusError('USAGE', `--jobs ${text} is no number that can be.`, { hint: 'Give a whole number from 1 to 999.' });
}
