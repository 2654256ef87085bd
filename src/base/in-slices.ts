import { setImmediate } from 'node:timers/promises';

/** Files that are gone through at a time: some milliseconds. */
const SLICE = 256;

/** Goes through many, and lets whatever else is to be done come in between. */
export async function inSlices<T>(all: readonly T[], work: (slice: readonly T[]) => void): Promise<void> {
  for (let at = 0; at < all.length; at += SLICE) {
    work(all.slice(at, at + SLICE));
    await setImmediate();
  }
}
