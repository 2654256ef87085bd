import { type Clock, systemClock } from '../../../base/clock.ts';
import { NexusError } from '../../../base/errors.ts';
import type { JsonObject } from '../../../base/json.ts';
import type { Log } from '../../log/log.ts';

/** What was asked for, as the log tells it. */
export interface Asked {
  what: string;
  /** Where it was asked from. */
  from: string;
  scope?: string;
  mission?: string | undefined;
}

/** Milliseconds, and how many denials of unknown callers each have an entry within them: nobody may fill the log by knocking. */
const WINDOW = 60_000;
const MOST = 100;

/** Writes down what was denied. Of unknown callers the first in a minute each have an entry, and the others are counted in one. */
export class Denials {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #most: number;
  #window = { since: Number.NEGATIVE_INFINITY, count: 0 };

  constructor(log: Log, { clock = systemClock, most = MOST }: { clock?: Clock; most?: number } = {}) {
    this.#log = log;
    this.#clock = clock;
    this.#most = most;
  }

  /** Durable when it resolves. `by`: whoever it was, if they are known. Other errors than denials are not written down. */
  async record(error: unknown, { what, from, scope, mission }: Asked, by?: string): Promise<void> {
    if (!(error instanceof NexusError) || (error.code !== 'AUTH_DENIED' && error.code !== 'AUTH_MISSING')) return;
    const { reason } = error.details ?? {};
    const data: JsonObject = {
      ...(by === undefined ? { from } : { by }),
      ...(scope === undefined ? {} : { scope }),
      ...(mission === undefined ? {} : { mission: mission.slice(0, 100) }),
      reason: typeof reason === 'string' ? reason : error.code,
      what: what.slice(0, 500),
    };
    if (by === undefined && !(await this.#isRoom())) return;
    await this.#log.append([{ kind: 'access.denied', data }]);
  }

  async #isRoom(): Promise<boolean> {
    const now = this.#clock.now();
    if (now - this.#window.since >= WINDOW) {
      await this.flush();
      this.#window = { since: now, count: 0 };
    }
    return ++this.#window.count <= this.#most;
  }

  /** Writes down how many have had no entry of their own. */
  async flush(): Promise<void> {
    const times = this.#window.count - this.#most;
    this.#window.count = Math.min(this.#window.count, this.#most);
    if (times > 0) await this.#log.append([{ kind: 'access.denied', data: { times, reason: 'many' } }]);
  }
}
