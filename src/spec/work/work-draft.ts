import type { EdgeKind, RequirementElement, SourceSpan, WorkElement } from '../model.ts';

/** What every draft says of itself, so that references to it can be found. */
interface DraftBase {
  /** Unique among all drafts of the reading, whatever it is: often `file:line`. */
  key: string;
  /**
   * What its printed id is unique in, as a path relative to the bundle: a feature's or a change's folder, or a file. It is
   * part of the internal id, so it must not change when lines move. Empty where a bundle has one such thing only.
   */
  scope: string;
  /** Id as printed; references to it are found whatever the case. */
  sourceId?: string;
  /** Other names under which the source refers to it. */
  aliases?: readonly string[];
  /** Key of the draft it is part of. */
  parent?: string;
}

/** A task as a dialect reads it: everything but its id, its parent's and what it refers to. */
export interface WorkDraft extends DraftBase, Omit<WorkElement, 'id' | 'sourceId' | 'parent' | 'covers' | 'needs' | 'kind'> {
  kind: 'work';
  /** Requirements it is to fulfil: printed ids and keys of requirement drafts. */
  covers: readonly Reference[];
}

/** A requirement, story, criterion, scenario or property as a dialect reads it. */
export interface RequirementDraft extends DraftBase, Omit<RequirementElement, 'id' | 'sourceId' | 'parent' | 'kind'> {
  kind: 'requirement';
}

/** A draft by its key, or by an id as printed (`T012`, `FR-003`), which is looked up in the file, then the scope, then the bundle. */
export type Reference = { key: string } | { printed: string; at?: SourceSpan };

/** An edge as a dialect reads it. */
export interface EdgeDraft {
  /** Key of the task that waits. */
  from: string;
  /** What it waits for. */
  to: Reference;
  kind: EdgeKind;
  /** One clause for people: `depends on T012`. */
  because: string;
  /** Where the source says so; structural edges may leave it out. */
  at?: SourceSpan;
}

/** What a dialect hands over besides its drafts of components and contracts. */
export interface WorkReading {
  tasks: WorkDraft[];
  requirements: RequirementDraft[];
  edges: EdgeDraft[];
}

/** What most tasks have in common; the lists of paths and labels each task needs for itself. */
export const PLAIN_WORK = { kind: 'work', optional: false, covers: [], checkpoint: false } as const;
