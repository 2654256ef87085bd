/** Choices that look random and are the same each time (Lehmer's generator, MINSTD). */
export interface Seeded {
  /** From 0 up to but not including `end`. */
  below(end: number): number;
  /** `count` of the numbers 1 to `last`, in order; all of them if there are no more. */
  sample(last: number, count: number): number[];
}

export function seeded(seed: number): Seeded {
  let state = (seed * 69_621 + 1) % 2_147_483_647;
  const below = (end: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % end;
  };
  return {
    below,
    sample(last, count) {
      const all = Array.from({ length: last }, (_, index) => index + 1);
      while (all.length > count) all.splice(below(all.length), 1);
      return all;
    },
  };
}
