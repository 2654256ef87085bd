/** What an agent has done that is no longer there. */
export const CLOSED = 'closed its output before it was done';

/** How long one waits for an agent, and for what: the first limit that is reached ends the wait. */
export class Patience {
  readonly #given = Promise.withResolvers<never>();
  #timer: NodeJS.Timeout | undefined;
  #current: { milliseconds: number; why: string; renewed: boolean } | undefined;
  #asleep = 0;
  readonly #signal: AbortSignal;
  #stopping: (() => void) | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    this.#given.promise.catch(() => undefined);
  }

  /** From now on, so long; `renewed` by every word of the agent. Replaces what was allowed before. */
  allow(milliseconds: number, why: string, { renewed = false } = {}): void {
    this.#current = { milliseconds, why, renewed };
    this.#arm();
  }

  /** It has said something. */
  renew(): void {
    if (this.#current?.renewed === true) this.#timer?.refresh();
  }

  /** While somebody else is asked, it is not the agent that is silent. */
  async paused<T>(work: () => Promise<T>): Promise<T> {
    this.#asleep++;
    clearTimeout(this.#timer);
    try {
      return await work();
    } finally {
      this.#asleep--;
      this.#arm();
    }
  }

  /** When it is to stop: asks it to, and waits no longer than `milliseconds` for that. */
  onStop(ask: () => Promise<void>, milliseconds: number): void {
    const stop = (): void => {
      void ask();
      this.allow(milliseconds, 'was stopped');
    };
    this.#stopping = stop;
    if (this.#signal.aborted) stop();
    else this.#signal.addEventListener('abort', stop, { once: true });
  }

  giveUp(why: string): void {
    this.#given.reject(new Error(why));
  }

  /** The work, unless patience ends first, or the other side goes. */
  async until<T>(work: Promise<T>, closed: Promise<void>): Promise<T> {
    const gone = closed.then(
      () => Promise.reject(new Error(CLOSED)),
      () => Promise.reject(new Error(CLOSED)),
    );
    work.catch(() => undefined);
    return Promise.race([work, this.#given.promise, gone]);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#current = undefined;
    if (this.#stopping !== undefined) this.#signal.removeEventListener('abort', this.#stopping);
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const { milliseconds, why } = this.#current ?? {};
    if (milliseconds === undefined || why === undefined || this.#asleep > 0) return;
    this.#timer = setTimeout(() => this.giveUp(why), milliseconds);
  }
}
