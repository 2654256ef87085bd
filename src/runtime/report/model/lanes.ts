interface Stretch {
  start: number;
  end: number | null;
}

/** The lane of each stretch, from 1: the lowest that is free when it starts. `stretches` in order of their starts; without an end is open. */
export function lanesOf(stretches: readonly Stretch[]): number[] {
  const freeFrom: number[] = [];
  return stretches.map(({ start, end }) => {
    const free = freeFrom.findIndex((from) => from <= start);
    const lane = free === -1 ? freeFrom.length : free;
    // What takes no time still takes its place: two in one lane would hide each other.
    freeFrom[lane] = Math.max(end ?? Number.POSITIVE_INFINITY, start + 1);
    return lane + 1;
  });
}
