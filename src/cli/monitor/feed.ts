import { setTimeout as wait } from 'node:timers/promises';

import { messageOf } from '../../base/errors.ts';
import type { LogLine } from '../../runtime/app/views.ts';
import type { Listener, MonitorSource } from './source.ts';

export interface FeedOptions extends Listener {
  /** Milliseconds between two looks. */
  pace: number;
}

type Source = Pick<MonitorSource, 'logs' | 'follow'>;

/** Milliseconds until one who could not be asked is asked again, and until nobody waits any longer for the last entries. */
const AGAIN = 2_000;
const PATIENCE = 3_000;

/**
 * Hands over every entry of a mission, once and in order, until it is closed: as its source tells them, or by looking again and again where that tells nothing. What
 * fails is tried again from where it was.
 */
export class Feed {
  readonly #source: Source;
  readonly #options: FeedOptions;
  readonly #closed = new AbortController();
  /** Looks that were begun, and who waits for one that was begun later than some, and found nothing more. */
  #looks = 0;
  #waiting: { behind: number; resolve: () => void }[] = [];
  #hurry = new AbortController();
  #after: number | undefined;
  #isTroubled = false;

  constructor(source: Source, options: FeedOptions) {
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
    while (!this.#closed.signal.aborted) {
      // Who wants all that there is now does not wait for what comes.
      if (this.#waiting.length === 0) await this.#follow();
      if (!this.#closed.signal.aborted) await this.#look();
    }
  }

  async #follow(): Promise<void> {
    const listener: Listener = { take: (lines) => this.#take(lines), trouble: (message) => this.#tell(message) };
    await this.#source.follow?.(listener, AbortSignal.any([this.#closed.signal, this.#hurry.signal]));
  }

  async #look(): Promise<void> {
    const look = ++this.#looks;
    try {
      const { items } = await this.#source.logs(this.#after);
      this.#tell(undefined);
      this.#take(items);
      if (items.length === 0) this.#answer(look);
      await this.#rest(items.length === 0 ? this.#options.pace : Math.min(this.#options.pace, 20));
    } catch (error) {
      this.#tell(messageOf(error));
      await this.#rest(AGAIN);
    }
  }

  /** Whoever closed it meanwhile wants no more. */
  #take(lines: readonly LogLine[]): void {
    const further = lines.filter(({ seq }) => seq > (this.#after ?? -1));
    this.#after = further.at(-1)?.seq ?? this.#after;
    if (further.length > 0 && !this.#closed.signal.aborted) this.#options.take(further);
  }

  #tell(trouble: string | undefined): void {
    if (trouble !== undefined || this.#isTroubled) this.#options.trouble(trouble);
    this.#isTroubled = trouble !== undefined;
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
