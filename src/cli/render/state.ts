import type { Paint } from '../screen.ts';

const PAINT: Record<string, keyof Paint> = {
  succeeded: 'green',
  cached: 'green',
  pass: 'green',
  ok: 'green',
  verified: 'green',
  clean: 'green',
  running: 'cyan',
  waiting: 'dim',
  planned: 'dim',
  pending: 'dim',
  skipped: 'yellow',
  cancelled: 'yellow',
  warning: 'yellow',
  failed: 'red',
  fail: 'red',
  missing: 'red',
  damaged: 'red',
};

/** A state in its colour; padding around the word is allowed. */
export function painted(state: string, paint: Paint): string {
  const mark = PAINT[state.trim()];
  return mark === undefined ? state : paint[mark](state);
}
