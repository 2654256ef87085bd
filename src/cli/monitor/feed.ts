import { setTimeout as wait } from 'node:timers/promises';

import { messageOf } from '../../base/errors.ts';
import type { LogLine } from '../../runtime/app/views.ts';
import type { MonitorSource } from './source.ts';

export interface FeedOptions {
  take: (lines: readonly LogLine[]) => void;
  /** What stands in the way; undefined once it works again. */
  trouble: (message: string | undefined) => void;
  /** Milliseconds between two looks. */
  pace: number;
}

/** Milliseconds until one who could not be asked is asked again, and until nobody waits any longer for the last entries. */
const AGAIN = 2_000;
const PATIENCE = 3_000;

/** Hands over every entry of a mission, once and in order, until it is closed. What fails is tried again from where it was. */
export class Feed {
  readonly #source: Pick<MonitorSource, 'logs'>;
  readonly #options: FeedOptions;
  readonly #closed = new AbortController();
  /** Looks that were begun, and who waits for one that was begun later than some, and found nothing more. */
  #looks = 0;
  #waiting: { behind: number; resolve: () => void }[] = [];
  #hurry = new AbortController();

  constructor(source: Pick<MonitorSource, 'logs'>, options: FeedOptions) {
    this.#source = source;
    this.#options = options;
    void this.#run();
  }

  /** Resolves when all that is in the log now has been handed over, or nobody answers. */
  async caughtUp(): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ behind: this.#looks, resolve: done.resolve });
    this.#hurry.abort();
    const tooLong = setTimeout(done.resolve, PATIENCE);
    await done.promise;
    clearTimeout(tooLong);
  }

  close(): void {
    this.#closed.abort();
    this.#answer(Number.POSITIVE_INFINITY);
  }

  async #run(): Promise<void> {
    const { signal } = this.#closed;
    let after: number | undefined;
    let failing = false;
    while (!signal.aborted) {
      const look = ++this.#looks;
      try {
        const { items } = await this.#source.logs(after);
        if (failing) this.#options.trouble(undefined);
        failing = false;
        after = items.at(-1)?.seq ?? after;
        // Whoever closed it meanwhile wants no more.
        if (items.length > 0 && !this.#closed.signal.aborted) this.#options.take(items);
        if (items.length === 0) this.#answer(look);
        await this.#rest(items.length === 0 ? this.#options.pace : Math.min(this.#options.pace, 20));
      } catch (error) {
        failing = true;
        this.#options.trouble(messageOf(error));
        await this.#rest(AGAIN);
      }
    }
  }

  #answer(look: number): void {
    for (const { behind, resolve } of this.#waiting) if (look > behind) resolve();
    this.#waiting = this.#waiting.filter(({ behind }) => look <= behind);
  }

  async #rest(milliseconds: number): Promise<void> {
    const signal = AbortSignal.any([this.#closed.signal, this.#hurry.signal]);
    await wait(milliseconds, undefined, { signal }).catch(() => undefined);
    this.#hurry = new AbortController();
  }
}
