import { counted, listed } from '../../base/text.ts';
import type { Conflict } from './integration.ts';

/** Characters of both sides that the next attempt is shown; an entry of the log is bounded. */
const MAX_SHOWN = 6_000;

/** For people: why a result could not be put together with those of other tasks. */
export function conflictReason(others: readonly string[], conflicts: readonly Conflict[]): string {
  const paths = conflicts.map(({ path }) => path);
  const more = paths.length > 3 ? [counted(paths.length - 3, 'more file')] : [];
  return `It changed the same places as ${listed(others)}: ${listed([...paths.slice(0, 3), ...more])}.`;
}

/** For the agent that does the task again, which starts from what the others have left. */
export function conflictFeedback(others: readonly string[], conflicts: readonly Conflict[]): string {
  const places = conflicts.map(({ path, shown }) => `${path}:\n${shown.trimEnd()}\n`).join('\n');
  const cut = places.length > MAX_SHOWN ? `${places.slice(0, MAX_SHOWN)}\n…\n` : places;
  return [
    `Your last result could not be put together with that of ${listed(others)}, who worked on the same files at the same time.`,
    'You start from theirs now. Do your task again on it: keep what is there, and change it only as far as your task asks for.',
    '',
    cut,
  ].join('\n');
}
