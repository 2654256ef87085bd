import { type DeltaSpec, deltaSpec, type Operation } from './delta-spec.ts';
import { foldedName } from './spec-outline.ts';

/** A delta of a change that is not archived yet. */
export interface ConcurrentDelta {
  change: string;
  capability: string;
  delta: string | DeltaSpec;
}

/** One place where a change touches a requirement. */
export interface Touch {
  change: string;
  operation: Operation;
  line: number;
}

/** Two changes or more that touch one requirement, so that whichever is merged later undoes or misses the other. */
export interface ChangeConflict {
  capability: string;
  requirement: string;
  touches: Touch[];
}

/** Requirements that more than one change touches, whatever the order in which they will be merged. */
export function changeConflicts(deltas: readonly ConcurrentDelta[]): ChangeConflict[] {
  const found = new Map<string, ChangeConflict>();
  for (const { change, capability, delta } of deltas) {
    for (const { name, ...touch } of touchesOf(typeof delta === 'string' ? deltaSpec(delta) : delta)) {
      const key = `${capability}\0${foldedName(name)}`;
      const known = found.get(key) ?? { capability, requirement: name, touches: [] };
      if (known.touches.at(-1)?.change !== change) known.touches.push({ change, ...touch });
      found.set(key, known);
    }
  }
  return [...found.values()].filter(({ touches }) => new Set(touches.map(({ change }) => change)).size > 1);
}

function touchesOf({ added, modified, removed, renamed }: DeltaSpec): (Omit<Touch, 'change'> & { name: string })[] {
  const as =
    (operation: Operation) =>
    ({ name, line }: { name: string; line: number }) => ({ name, line, operation });
  return [
    ...added.map(as('ADDED')),
    ...modified.map(as('MODIFIED')),
    ...removed.map(as('REMOVED')),
    ...renamed.flatMap(({ from, to, line }) => [from, to].map((name) => ({ name, line, operation: 'RENAMED' as const }))),
  ];
}
