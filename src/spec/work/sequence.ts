import type { SourceSpan } from '../model.ts';
import { isSettled } from './marks.ts';
import type { EdgeDraft, WorkDraft } from './work-draft.ts';

/** A task in the order of its source, with its parts. */
export interface Step {
  task: WorkDraft;
  /** It may run beside its neighbours that are marked so too. */
  parallel?: boolean;
  parts?: readonly Step[];
}

/** A phase, group or wave: all of it comes before all of the next. */
export interface Group {
  title: string;
  steps: readonly Step[];
  at?: SourceSpan;
}

/** Beyond this many edges for each of its tasks, a barrier is bundled in one task. */
const BUNDLE = 16;

/**
 * Edges that keep tasks in the order of their source: groups are barriers; within one, neighbours that are all parallel run
 * together, and everything else one after the other. Parts of a task come before it, in their own order. Settled tasks take no
 * part. The edges are those between neighbours only, so that their number grows with that of the tasks.
 */
export function sequenceEdges(groups: readonly Group[], kind: 'structural' | 'wave' = 'structural'): EdgeDraft[] {
  const line = new Line(kind);
  for (const group of groups) line.addGroup(group);
  return line.edges;
}

/** A stretch of tasks that run together: where one enters it and where one leaves it. */
interface Stretch {
  entries: WorkDraft[];
  exits: WorkDraft[];
}

class Line {
  readonly edges: EdgeDraft[] = [];
  readonly #kind: 'structural' | 'wave';

  constructor(kind: 'structural' | 'wave') {
    this.#kind = kind;
  }

  /** Title and end of the group before, if anything in it is open. */
  #last: { title: string; exits: WorkDraft[] } | undefined;

  addGroup({ title, steps }: Group): void {
    const whole = this.#chain(steps);
    if (whole.entries.length === 0) return;
    if (this.#last !== undefined) this.#barrier(whole.entries, this.#last.exits, `${title} comes after ${this.#last.title}`);
    this.#last = { title, exits: whole.exits };
  }

  /** Puts steps in a row; returns where the row begins and ends. */
  #chain(steps: readonly Step[]): Stretch {
    let entries: WorkDraft[] | undefined;
    let exits: WorkDraft[] = [];
    for (const run of runsOf(steps)) {
      const inner = run.map((step) => this.#stretch(step));
      const next = { entries: inner.flatMap((each) => each.entries), exits: inner.flatMap((each) => each.exits) };
      if (next.entries.length === 0) continue;
      if (entries !== undefined) this.#barrier(next.entries, exits);
      entries ??= next.entries;
      exits = next.exits;
    }
    return { entries: entries ?? [], exits };
  }

  /** A task closes after its parts: one enters by the parts and leaves by the task. */
  #stretch({ task, parts = [] }: Step): Stretch {
    const inner = this.#chain(parts);
    if (isSettled(task.status)) return inner;
    return { entries: inner.entries.length > 0 ? inner.entries : [task], exits: [task] };
  }

  #barrier(after: readonly WorkDraft[], before: readonly WorkDraft[], why?: string): void {
    const isLarge = after.length * before.length > BUNDLE * (after.length + before.length);
    const last = before.at(-1);
    const gate = isLarge && last !== undefined ? [last] : before;
    // Too many to many: the last of the earlier ones waits for the rest, and stands for all of them.
    if (isLarge && last !== undefined) {
      for (const task of before.slice(0, -1)) this.#edge(last, task, `comes last of ${before.length} that run together`);
    }
    for (const task of after) for (const need of gate) this.#edge(task, need, why ?? `comes after ${nameOf(need)}`);
  }

  #edge(from: WorkDraft, to: WorkDraft, because: string): void {
    this.edges.push({ from: from.key, to: { key: to.key }, kind: this.#kind, because });
  }
}

/** Neighbours that may all run together are one run; any other step is a run of its own. */
function runsOf(steps: readonly Step[]): Step[][] {
  const runs: Step[][] = [];
  let open: Step[] | undefined;
  for (const step of steps) {
    const parallel = step.parallel === true && !step.task.checkpoint;
    if (parallel && open !== undefined) open.push(step);
    else runs.push((open = [step]));
    if (!parallel) open = undefined;
  }
  return runs;
}

function nameOf({ sourceId, name }: WorkDraft): string {
  return sourceId ?? name;
}
