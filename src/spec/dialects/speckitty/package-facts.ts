import type { SourceSpan, TaskPriority } from '../../model.ts';

/** A word of the source, and where it stands. */
export interface Said {
  text: string;
  at: SourceSpan;
}

/** What one file says of a work package; what it does not say is left out. */
export interface PackageFacts {
  id: string;
  at: SourceSpan;
  title?: string;
  /** An empty list says that there are none; without one nothing is known. */
  dependencies?: readonly Said[];
  requirements?: readonly Said[];
  writes?: readonly string[];
  subTasks?: readonly Said[];
  lane?: string;
  milestone?: string;
  priority?: TaskPriority;
  details?: string;
}

/** Several files on the same work package: the first one that says a thing is believed. */
export function mergedFacts([first, ...others]: readonly [PackageFacts, ...PackageFacts[]]): PackageFacts {
  return others.reduce((merged, next) => ({ ...next, ...merged }), first);
}
