import type { Usage } from '../workspace/usage.ts';
import type { Amounts } from './settings.ts';

const WORDS: { [K in keyof Required<Amounts>]: (amount: number) => string } = {
  tokens: (amount) => `${amount} tokens`,
  money: (amount) => `$${amount}`,
  energy: (amount) => `${amount} energy units`,
  wall: (amount) => `${amount / 1000} s`,
  attempts: (amount) => `${amount} attempts`,
};

/** What a mission or a task has used, held against what it may. */
export class Spending {
  readonly used: Required<Amounts>;
  readonly #limits: Amounts;

  constructor(used: Required<Amounts>, limits: Amounts) {
    this.used = { ...used };
    this.#limits = limits;
  }

  /** One more attempt, with what it used. */
  add({ tokens = 0, money = 0, energy = 0 }: Usage = {}): void {
    this.used.tokens += tokens;
    this.used.money += money;
    this.used.energy += energy;
    this.used.attempts++;
  }

  /** Which limit has been reached, for people; undefined if none has. */
  reached(): string | undefined {
    for (const name of Object.keys(WORDS) as (keyof Amounts)[]) {
      const limit = this.#limits[name];
      if (limit !== undefined && this.used[name] >= limit) return `${WORDS[name](this.used[name])} of ${WORDS[name](limit)}`;
    }
    return undefined;
  }

  /** Milliseconds until the limit of time is reached; undefined if there is none. */
  timeLeft(): number | undefined {
    return this.#limits.wall === undefined ? undefined : Math.max(0, this.#limits.wall - this.used.wall);
  }
}
