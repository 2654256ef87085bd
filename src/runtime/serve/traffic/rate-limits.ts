import type { Clock } from '../../../base/clock.ts';
import { NexusError } from '../../../base/errors.ts';

/** How somebody stands after a request. */
export interface Standing {
  /** Requests that are left now, of so many, and the seconds until there are all again. */
  remaining: number;
  limit: number;
  reset: number;
}

/** Names that are remembered at most; whoever has all their requests again need not be. */
const KNOWN = 10_000;

/** So many requests a second for each principal, of which those of two seconds may come at once (a token bucket). */
export class RateLimits {
  readonly #clock: Clock;
  /** Requests a second. */
  readonly #rate: number;
  readonly #burst: number;
  readonly #buckets = new Map<string, { left: number; at: number }>();

  constructor(clock: Clock, rate: number) {
    this.#clock = clock;
    this.#rate = rate;
    this.#burst = rate * 2;
  }

  /** Takes one request. Throws `RATE_LIMITED`; `retryAfter` in its details says how many seconds to wait. */
  take(name: string): Standing {
    const now = this.#clock.now();
    const before = this.#buckets.get(name) ?? { left: this.#burst, at: now };
    const left = Math.min(this.#burst, before.left + (Math.max(0, now - before.at) / 1000) * this.#rate) - 1;
    if (left < 0) throw this.#exceeded(name, left);
    this.#buckets.delete(name);
    this.#buckets.set(name, { left, at: now });
    if (this.#buckets.size > KNOWN) this.#forget();
    return { remaining: Math.floor(left), limit: this.#burst, reset: Math.ceil((this.#burst - left) / this.#rate) };
  }

  /** The one that has not been here for longest. */
  #forget(): void {
    const oldest = this.#buckets.keys().next();
    if (oldest.done !== true) this.#buckets.delete(oldest.value);
  }

  #exceeded(name: string, left: number): NexusError {
    const retryAfter = Math.max(1, Math.ceil(-left / this.#rate));
    return new NexusError('RATE_LIMITED', `${name} has sent more than ${this.#rate} requests a second.`, {
      hint: `Wait ${retryAfter} s, and follow a stream rather than to ask again and again.`,
      details: { retryAfter },
    });
  }
}
