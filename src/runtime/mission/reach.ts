/** Kept answers; one costs a byte for each task. */
const MOST_KEPT = 256;

/** Which tasks build on which, directly or not. */
export class Reach {
  readonly #needs: (task: number) => readonly number[];
  readonly #size: number;
  readonly #above = new Map<number, Uint8Array>();

  /** `needs`: positions of what a task builds on, each before its own. */
  constructor(size: number, needs: (task: number) => readonly number[]) {
    this.#size = size;
    this.#needs = needs;
  }

  /** Whether `upper` builds on `lower`. */
  builds(upper: number, lower: number): boolean {
    if (upper <= lower) return false;
    return this.#needs(upper).includes(lower) || this.#of(lower)[upper] === 1;
  }

  /** The needs of a task have changed. */
  forget(): void {
    this.#above.clear();
  }

  #of(lower: number): Uint8Array {
    const known = this.#above.get(lower);
    if (known !== undefined) return known;
    const above = new Uint8Array(this.#size);
    for (let task = lower + 1; task < this.#size; task++) {
      for (const need of this.#needs(task)) if (need === lower || above[need] === 1) above[task] = 1;
    }
    if (this.#above.size >= MOST_KEPT) this.#above.clear();
    this.#above.set(lower, above);
    return above;
  }
}
