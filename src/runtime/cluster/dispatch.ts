import type { Clock } from '../../base/clock.ts';
import { NexusError } from '../../base/errors.ts';
import type { Ids } from '../../base/ids.ts';
import type { Job, WorkResult } from './job.ts';

export interface DispatchOptions {
  clock: Clock;
  ids: Ids;
  /** How long a worker may be silent, in milliseconds. */
  patience: number;
  /** A pool has so many slots more, or less. */
  widen: (pool: string, by: number) => void;
}

/** A job that somebody has. */
export interface Lease {
  id: string;
  job: Job;
  worker: string;
}

interface Offer {
  job: Job;
  settle: (result: WorkResult) => void;
  lose: (reason: string) => void;
}

interface Held extends Lease {
  offer: Offer;
  /** Milliseconds since the epoch. */
  until: number;
  timer: NodeJS.Timeout;
}

type Taker = (offer: Offer) => void;

interface Pool {
  offers: Offer[];
  takers: Set<Taker>;
  leased: number;
}

/**
 * Gives jobs to those who come for them. One who waits is a slot of its pool, so that nothing is begun that nobody would do. Whoever has a job is heard of again and again; else
 * the job is lost, and so is their say about it: a lease is never given twice, which makes its id the token by which those who come too late are fenced off.
 */
export class Dispatch {
  readonly #options: DispatchOptions;
  readonly #pools = new Map<string, Pool>();
  readonly #leases = new Map<string, Held>();

  constructor(options: DispatchOptions) {
    this.#options = options;
  }

  /** Seconds that a worker may be silent. */
  get patience(): number {
    return this.#options.patience / 1000;
  }

  /** How many jobs of a pool are being done. */
  leased(pool: string): number {
    return this.#pools.get(pool)?.leased ?? 0;
  }

  /** How many are waiting to be given something of a pool. */
  idle(pool: string): number {
    return this.#pools.get(pool)?.takers.size ?? 0;
  }

  /** What becomes of a job. Rejects with `WORKER_LOST` if whoever had it has gone, and with the reason of the signal. */
  async perform(job: Job, signal: AbortSignal): Promise<WorkResult> {
    const { promise, resolve, reject } = Promise.withResolvers<WorkResult>();
    const offer: Offer = { job, settle: resolve, lose: (reason) => reject(lost(reason)) };
    const stop = (): void => {
      this.#withdraw(offer);
      reject(signal.reason);
    };
    if (signal.aborted) throw signal.reason;
    signal.addEventListener('abort', stop, { once: true });
    try {
      this.#offer(offer);
      return await promise;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** The next job of the pool, once there is one; undefined when the signal is aborted before. It is in the log when it is given out. */
  async take(pool: string, worker: string, signal: AbortSignal): Promise<Lease | undefined> {
    this.#options.widen(pool, 1);
    const offer = this.#pool(pool).offers.shift() ?? (await this.#next(pool, signal));
    if (offer === undefined) {
      this.#options.widen(pool, -1);
      return undefined;
    }
    return this.#lease(offer, worker);
  }

  /** The lease, for whoever has it, who is thereby heard of. Throws `LEASE_LOST`. */
  heard(id: string, worker: string): Lease {
    const held = this.#leases.get(id);
    if (held === undefined || held.worker !== worker) {
      throw new NexusError('LEASE_LOST', `The lease ${id} has ended, or is somebody else's.`, {
        hint: 'Stop the work: what it leaves behind is not taken.',
        details: { lease: id },
      });
    }
    held.until = this.#options.clock.now() + this.#options.patience;
    return held;
  }

  /** The end of a job: from here on nobody has a say about it. */
  settle(id: string, worker: string, result: WorkResult): void {
    this.heard(id, worker);
    this.#end(id)?.offer.settle(result);
  }

  /** Whoever has it gives it back: it is lost. */
  giveBack(id: string, worker: string, reason: string): void {
    this.heard(id, worker);
    this.#end(id)?.offer.lose(`${worker} gave it back: ${reason}`);
  }

  #offer(offer: Offer): void {
    const { offers, takers } = this.#pool(offer.job.pool);
    const [taker] = takers;
    if (taker === undefined) offers.push(offer);
    else taker(offer);
  }

  async #next(name: string, signal: AbortSignal): Promise<Offer | undefined> {
    if (signal.aborted) return undefined;
    const { takers } = this.#pool(name);
    return new Promise((resolve) => {
      const end = (offer?: Offer): void => {
        takers.delete(end);
        signal.removeEventListener('abort', leave);
        resolve(offer);
      };
      const leave = (): void => end();
      takers.add(end);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  async #lease(offer: Offer, worker: string): Promise<Lease> {
    const { clock, ids, patience } = this.#options;
    const id = ids.uuid();
    const { job } = offer;
    const timer = setTimeout(() => this.#look(id), patience);
    this.#leases.set(id, { id, job, worker, offer, until: clock.now() + patience, timer });
    this.#pool(job.pool).leased++;
    await job.chronicle({ kind: 'task.leased', worker, pool: job.pool, lease: id });
    return { id, job, worker };
  }

  #look(id: string): void {
    const held = this.#leases.get(id);
    if (held === undefined) return;
    const left = held.until - this.#options.clock.now();
    if (left > 0) held.timer = setTimeout(() => this.#look(id), left);
    else this.#end(id)?.offer.lose(`${held.worker} has not been heard of for ${this.patience} s.`);
  }

  #end(id: string): Held | undefined {
    const held = this.#leases.get(id);
    if (held === undefined) return undefined;
    clearTimeout(held.timer);
    this.#leases.delete(id);
    this.#pool(held.job.pool).leased--;
    // The slot was the one who had come for it, and who will come again.
    this.#options.widen(held.job.pool, -1);
    return held;
  }

  #withdraw(offer: Offer): void {
    const { offers } = this.#pool(offer.job.pool);
    const at = offers.indexOf(offer);
    if (at !== -1) offers.splice(at, 1);
    for (const held of this.#leases.values()) if (held.offer === offer) this.#end(held.id);
  }

  #pool(name: string): Pool {
    let pool = this.#pools.get(name);
    if (pool === undefined) {
      pool = { offers: [], takers: new Set(), leased: 0 };
      this.#pools.set(name, pool);
    }
    return pool;
  }
}

function lost(reason: string): NexusError {
  return new NexusError('WORKER_LOST', reason, { hint: 'The task is tried again.' });
}
