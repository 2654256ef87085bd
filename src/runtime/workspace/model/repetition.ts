import { sha256 } from '../../../base/digest.ts';
import type { ToolCall } from './conversation.ts';

/** Same call, same answer: from here on the model is told so. */
const NOTICED = 3;

/** And here it is given up. */
const HOPELESS = 6;

/** Calls that are remembered. */
const WINDOW = 60;

/** Notices a model that goes in circles, however many calls the circle has. */
export interface Repetition {
  /** What one more call with this answer is. After a change of a file that was not made before, it is no circle to look or test again. */
  add(call: ToolCall, answer: string, changed: boolean): 'new' | 'noticed' | 'hopeless';
}

export function watchRepetition(): Repetition {
  let seen: { key: string; changed: boolean }[] = [];
  return {
    add({ name, arguments: args }, answer, changed) {
      const key = sha256(JSON.stringify([name, args, answer]));
      const times = seen.filter((other) => other.key === key).length + 1;
      if (changed && times === 1) seen = seen.filter((other) => other.changed);
      seen = [...seen.slice(1 - WINDOW), { key, changed }];
      return times >= HOPELESS ? 'hopeless' : times >= NOTICED ? 'noticed' : 'new';
    },
  };
}
