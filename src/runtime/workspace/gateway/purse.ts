import { energyOf } from '../../policy/energy.ts';
import type { TokenCount } from './meter.ts';
import { moneyOf } from './price.ts';
import { Refusal } from './refusal.ts';

/** The energy of one pass: what is being spent is taken out before anything is sent. */
export class Purse {
  readonly #energy: number;
  readonly #model: string;
  #reserved = 0;
  #used = { tokens: 0, energy: 0, money: 0 };

  constructor(energy: number, model: string) {
    this.#energy = energy;
    this.#model = model;
  }

  used(): { tokens: number; energy: number; money: number } {
    return { ...this.#used };
  }

  /** Sets energy aside for a request of so many tokens. Throws `Refusal` if there is less than that. */
  reserve(tokens: number): Reservation {
    const wanted = energyOf({ tokens });
    const left = this.#energy - this.#used.energy - this.#reserved;
    if (wanted > left || left <= 0) {
      const [limit, used, more] = [this.#energy, this.#used.energy, wanted].map((amount) => Math.round(amount * 100) / 100);
      throw new Refusal(
        429,
        'energy_budget_spent',
        `The energy budget of this attempt is spent: ${used} of ${limit} units used, and this request needs ${more}. Nothing was sent.`,
      );
    }
    this.#reserved += wanted;
    return {
      tokens: Math.floor(left / energyOf({ tokens: 1 })),
      settle: (count) => {
        this.#reserved -= wanted;
        const cost = { energy: energyOf({ tokens: count.input + count.output }), money: moneyOf(this.#model, count) };
        this.#used.tokens += count.input + count.output;
        this.#used.energy += cost.energy;
        this.#used.money += cost.money;
        return cost;
      },
    };
  }
}

export interface Reservation {
  /** Tokens that may be used in all, in and out. */
  tokens: number;
  /** Once, when it is known what was used. */
  settle(count: TokenCount): { energy: number; money: number };
}
