/** Where time comes from. Everything that stamps or waits takes one, so that tests decide what time it is. */
export interface Clock {
  /** Milliseconds since the epoch. May go backwards: a wall clock does. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** RFC 3339, UTC, milliseconds: the `timestamp` of the data contracts. */
export function timestamp(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}
