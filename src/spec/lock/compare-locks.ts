import { compareText } from '../../base/text.ts';
import type { EdgeKind } from '../model.ts';
import type { GraphLock, LockedNeed, LockedTask } from './graph-lock.ts';

/** In what a graph differs from the one that was accepted. */
export interface Drift {
  tasks: { added: TaskName[]; removed: TaskName[]; changed: TaskChange[] };
  edges: { added: LockedEdge[]; removed: LockedEdge[] };
}

export interface TaskName {
  id: string;
  title: string;
}

export interface TaskChange extends TaskName {
  fields: FieldChange[];
}

export interface FieldChange {
  field: (typeof FIELDS)[number];
  before: string;
  after: string;
}

/** `from` waits for `to`. */
export interface LockedEdge {
  from: string;
  to: string;
  kind: EdgeKind;
  because: string;
}

const FIELDS = [
  'sourceId',
  'title',
  'kind',
  'optional',
  'milestone',
  'priority',
  'profile',
  'fragment',
  'writes',
  'requirements',
  'controls',
] as const satisfies readonly (keyof LockedTask)[];

/**
 * What has changed since a graph was accepted; undefined if nothing has. Ticking a box is progress and no drift: tasks in `settled` may be
 * gone, and an order that only closes the gap they left is the accepted one. Why an edge is there may be said in other words.
 */
export function driftBetween(accepted: GraphLock, now: GraphLock, settled: ReadonlySet<string>): Drift | undefined {
  const before = byId(accepted.tasks);
  const after = byId(now.tasks);
  const removed = accepted.tasks.filter((task) => !after.has(task.id) && !isOver(task, settled)).map(named);
  const added = now.tasks.filter(({ id }) => !before.has(id)).map(named);
  const changed = now.tasks.flatMap((task) => changeOf(before.get(task.id), task));
  const edges = edgeDrift(before, after, settled);
  const found = removed.length + added.length + changed.length + edges.added.length + edges.removed.length;
  return found === 0 ? undefined : { tasks: { added, removed, changed }, edges };
}

/** A settled task is over, and so is the check of what the source's tasks leave once none of them is open. */
function isOver({ id, kind, needs }: LockedTask, settled: ReadonlySet<string>): boolean {
  return settled.has(id) || (kind === 'verification' && needs.some(({ task }) => settled.has(task)));
}

function byId(tasks: readonly LockedTask[]): Map<string, LockedTask> {
  return new Map(tasks.map((task) => [task.id, task]));
}

const named = ({ id, title }: LockedTask): TaskName => ({ id, title });

function changeOf(before: LockedTask | undefined, after: LockedTask): TaskChange[] {
  if (before === undefined) return [];
  const fields = FIELDS.map((field) => ({ field, ...difference(before[field], after[field]) }));
  const changed = fields.filter((change) => change.before !== change.after);
  return changed.length === 0 ? [] : [{ ...named(after), fields: changed }];
}

type Fact = string | boolean | readonly string[] | undefined;

/** Of lists, only what the other does not have. */
function difference(before: Fact, after: Fact): Pick<FieldChange, 'before' | 'after'> {
  if (typeof before !== 'object' && typeof after !== 'object')
    return { before: String(before ?? ''), after: String(after ?? '') };
  const [old, now] = [listOf(before), listOf(after)];
  return { before: without(old, now), after: without(now, old) };
}

const listOf = (value: Fact): readonly string[] => (typeof value === 'object' ? value : []);

function without(items: readonly string[], others: readonly string[]): string {
  const known = new Set(others);
  return items
    .filter((item) => !known.has(item))
    .toSorted(compareText)
    .join(', ');
}

type Tasks = ReadonlyMap<string, LockedTask>;

/** Edges between tasks that both graphs have; those of a task that came or went go without saying. */
function edgeDrift(before: Tasks, after: Tasks, settled: ReadonlySet<string>): Drift['edges'] {
  const both = [...after.keys()].filter((id) => before.has(id));
  const gaps = new Gaps(before, settled);
  const edges = both.map((id) => {
    const old = needsOf(before.get(id), before, after);
    const current = needsOf(after.get(id), before, after);
    return {
      added: [...current.values()].filter((need) => !gaps.isSame(old.get(need.task), need) && !gaps.explain(id, need, old)),
      removed: [...old.values()].filter((need) => !gaps.isSame(need, current.get(need.task))),
      id,
    };
  });
  return {
    added: edges.flatMap(({ id, added }) => added.map((need) => edge(id, need))),
    removed: edges.flatMap(({ id, removed }) => removed.map((need) => edge(id, need))),
  };
}

function needsOf(task: LockedTask | undefined, before: Tasks, after: Tasks): Map<string, LockedNeed> {
  const shared = (task?.needs ?? []).filter((need) => before.has(need.task) && after.has(need.task));
  return new Map(shared.map((need) => [need.task, need]));
}

function edge(from: string, { task: to, kind, because }: LockedNeed): LockedEdge {
  return { from, to, kind, because };
}

/** Edges that nobody wrote down: they follow from where tasks stand and what they write. */
const DERIVED: ReadonlySet<EdgeKind> = new Set(['structural', 'wave', 'same-file', 'inferred']);

/** The gaps that settled tasks leave in the accepted order. */
class Gaps {
  readonly #tasks: Tasks;
  readonly #gone: ReadonlySet<string>;
  /** Per settled task: all that waits below it, through other settled ones. */
  readonly #below = new Map<string, ReadonlySet<string>>();

  constructor(tasks: Tasks, settled: ReadonlySet<string>) {
    this.#tasks = tasks;
    this.#gone = new Set([...tasks.keys()].filter((id) => settled.has(id)));
  }

  /** Of several reasons for an edge the strongest is told; which one that is can change when a task between is ticked. */
  isSame(before: LockedNeed | undefined, after: LockedNeed | undefined): boolean {
    if (before === undefined || after === undefined) return false;
    if (before.kind === after.kind) return true;
    return this.#gone.size > 0 && DERIVED.has(before.kind) && DERIVED.has(after.kind);
  }

  /**
   * Whether an edge that was not accepted follows from what was: through settled tasks; in place of one that held others together; or,
   * for an order that follows from the layout, because it was the order already.
   */
  explain(from: string, need: LockedNeed, accepted: ReadonlyMap<string, LockedNeed>): boolean {
    if (this.#gone.size === 0 || accepted.has(need.task)) return false;
    const through = this.#tasks.get(from)?.needs.some(({ task }) => this.#gone.has(task) && this.#under(task).has(need.task));
    if (through === true) return true;
    if (!DERIVED.has(need.kind)) return false;
    const isHeld = [...this.#gone].some((id) => this.#under(id).has(from) && this.#under(id).has(need.task));
    return isHeld || this.#comesAfter(from, need.task);
  }

  #comesAfter(from: string, to: string): boolean {
    const seen = new Set([from]);
    for (const id of seen) for (const { task } of this.#tasks.get(id)?.needs ?? []) seen.add(task);
    return seen.has(to);
  }

  #under(id: string): ReadonlySet<string> {
    const known = this.#below.get(id);
    if (known !== undefined) return known;
    const found = new Set<string>();
    const seen = new Set([id]);
    for (const next of seen) {
      for (const { task } of this.#tasks.get(next)?.needs ?? []) {
        found.add(task);
        if (this.#gone.has(task)) seen.add(task);
      }
    }
    this.#below.set(id, found);
    return found;
  }
}
