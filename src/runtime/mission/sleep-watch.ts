import { type Clock, ticks } from '../../base/clock.ts';

/** Leaps of the clock that are shorter than this, in milliseconds, are none: clocks are corrected all the time. */
const SHORTEST = 60_000;

/** Notices that a clock, which does not go back, has leapt ahead: the machine slept, or somebody has set it. */
export class SleepWatch {
  readonly #clock: Clock;
  #wall: number;
  #ticks: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#wall = clock.now();
    this.#ticks = ticks();
  }

  /** Milliseconds by which the clock has leapt since one looked last; 0 if it has not. */
  look(): number {
    const [wall, tick] = [this.#clock.now(), ticks()];
    const leap = Math.round(wall - this.#wall - (tick - this.#ticks));
    this.#wall = wall;
    this.#ticks = tick;
    return leap >= SHORTEST ? leap : 0;
  }
}
