/** Where time comes from. Everything that stamps or waits takes one, so that tests decide what time it is. */
export interface Clock {
  /** Milliseconds since the epoch. May go backwards: a wall clock does. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** RFC 3339, UTC, milliseconds: the `timestamp` of the data contracts. */
export function timestamp(clock: Clock): string {
  const now = clock.now();
  if (now !== written.now) written = { now, text: new Date(now).toISOString() };
  return written.text;
}

/** Several come in a millisecond where much happens, and to write one takes as long as to hash an entry. */
let written = { now: Number.NaN, text: '' };

/** Milliseconds since some moment, for measuring: never goes back, whatever becomes of the clock on the wall, and may stand still while the machine sleeps. */
export function ticks(): number {
  // `performance` would load what measures a whole program, for what `hrtime` knows.
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

/**
 * A clock that does not go back: when `clock` is set back, time goes on from where it was, as fast as it passes, until `clock` has caught up. `from`: it is
 * at least that late.
 */
export function forwardClock(clock: Clock, from = Number.NEGATIVE_INFINITY): Clock {
  let last = from;
  let lastTicks = ticks();
  return {
    now() {
      const wall = clock.now();
      const tick = ticks();
      last = wall >= last ? wall : last + (tick - lastTicks);
      lastTicks = tick;
      return last;
    },
  };
}
