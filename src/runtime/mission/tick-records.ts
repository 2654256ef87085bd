import type { Digest } from '../../base/digest.ts';
import type { BoxGuard } from '../../spec/work/box-guards.ts';
import type { EntryDraft } from '../log/entry.ts';

/** Boxes named by one entry: an entry is at most 65,535 bytes. */
export const BOXES_AN_ENTRY = 200;

export const SOURCE_TICKED = 'source.ticked';

/** These boxes of a file are about to be closed, if their lines are still what they were. */
export function sourceTicking(mission: string, file: string, boxes: readonly { task: string; guard: BoxGuard }[]): EntryDraft {
  const named = boxes.map(({ task, guard: { line, column, digest } }) => ({ task, line, column, digest }));
  return { kind: 'source.ticking', mission, data: { file, boxes: named } };
}

/** A box was closed: its line before and after, and the statements that say so (of those of a task that sums up others, none). */
export function sourceTicked(
  place: { mission: string; task: string },
  { guard, after, evidence }: { guard: BoxGuard; after: Digest; evidence: readonly Digest[] },
): EntryDraft {
  const { file, line, column, digest } = guard;
  const data = { file, line, column, before: digest, after, evidence: evidence.slice(0, 100) };
  return { kind: SOURCE_TICKED, ...place, data };
}
