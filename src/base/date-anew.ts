import { utimesSync } from 'node:fs';

import { systemClock } from './clock.ts';
import { systemCode } from './errors.ts';

/** Has a file be as of now: it was sent or used again, so that it is not the next to go. Says whether it is there. */
export function dateAnew(path: string): boolean {
  try {
    const now = systemClock.now() / 1000;
    utimesSync(path, now, now);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}
