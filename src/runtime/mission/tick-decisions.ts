import type { Digest } from '../../base/digest.ts';
import type { RequirementElement, Specification, Task, TaskGraph, WorkElement } from '../../spec/model.ts';
import { isSettled } from '../../spec/work/marks.ts';
import type { TaskProof } from './task-proofs.ts';

/** Whether the box of a task of the source may be closed; if not, why, in a sentence. */
export type TickDecision = { element: WorkElement | RequirementElement } & (
  | { tick: true; evidence: Digest[] }
  | { tick: false; reason: string }
);

/**
 * Decides over every task of the source that is in the graph, and over the criteria of those that are proven. A task is done when its own
 * evidence verifies and its sub-tasks are done. One that left nothing has no evidence; if it sums up others (it is a checkpoint, or has
 * sub-tasks), theirs is its own. A criterion is never taken as met: no statement speaks of a single one.
 */
export function tickDecisions(
  { elements }: Pick<Specification, 'elements'>,
  { tasks }: TaskGraph,
  proofOf: (task: Task) => TaskProof,
): TickDecision[] {
  const judge = new Judge(elements, tasks, proofOf);
  return elements.flatMap((element): TickDecision[] => {
    if (element.kind === 'work')
      return judge.isAsked(element.id) && !isSettled(element.status) ? [{ element, ...judge.verdict(element.id) }] : [];
    if (element.kind !== 'requirement' || element.box === undefined || element.parent === undefined) return [];
    return judge.isAsked(element.parent) && !judge.isSettled(element.parent) && judge.verdict(element.parent).tick
      ? [{ element, ...CRITERION }]
      : [];
  });
}

const CRITERION = {
  tick: false,
  reason: 'It is a criterion: evidence is of files, and says of no criterion that it is met.',
} as const;

type Verdict = { tick: true; evidence: Digest[] } | { tick: false; reason: string };

class Judge {
  readonly #works: ReadonlyMap<string, WorkElement>;
  readonly #parts: ReadonlyMap<string | undefined, WorkElement[]>;
  readonly #tasks: ReadonlyMap<string, Task>;
  readonly #proofOf: (task: Task) => TaskProof;
  readonly #verdicts = new Map<string, Verdict>();

  constructor(elements: Specification['elements'], tasks: readonly Task[], proofOf: (task: Task) => TaskProof) {
    const works = elements.filter((element) => element.kind === 'work');
    this.#works = new Map(works.map((work) => [work.id, work]));
    this.#parts = Map.groupBy(works, ({ parent }) => parent);
    this.#tasks = new Map(tasks.filter(({ kind }) => kind === 'work').map((task) => [task.id, task]));
    this.#proofOf = proofOf;
    // Needs come first in a graph: no verdict below waits for one that is not there, and no recursion is deep.
    for (const task of this.#tasks.values()) this.#verdicts.set(task.id, this.#judge(task));
  }

  isAsked(id: string): boolean {
    return this.#tasks.has(id);
  }

  isSettled(id: string): boolean {
    return isSettled(this.#works.get(id)?.status ?? 'unknown');
  }

  verdict(id: string): Verdict {
    return this.#verdicts.get(id) ?? { tick: false, reason: 'It is no part of the mission.' };
  }

  #judge(task: Task): Verdict {
    const proof = this.#proofOf(task);
    if (proof.state === 'unproven') return { tick: false, reason: proof.reason };
    const parts = this.#parts.get(task.id) ?? [];
    const open = parts.find((part) => !this.#isDone(part));
    if (open !== undefined) return { tick: false, reason: `Its sub-task ${nameOf(open)} is not proven.` };
    if (proof.state === 'proven') return { tick: true, evidence: proof.statements };
    const work = this.#works.get(task.id);
    const sumsUp = parts.length > 0 || (work?.checkpoint === true && work.needs.length > 0);
    if (!sumsUp) return { tick: false, reason: 'It left no file, so that no statement speaks of it.' };
    const before = work === undefined ? undefined : this.#openBefore(work);
    if (before !== undefined) return { tick: false, reason: `${nameOf(before)}, which it waits for, is not proven.` };
    return { tick: true, evidence: [] };
  }

  /** The first task that is not done among all that this one waits for, directly or not. */
  #openBefore(work: WorkElement): WorkElement | undefined {
    const seen = new Set([work.id]);
    const stack = [work];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      for (const need of at.needs) {
        const below = this.#works.get(need.task);
        if (below === undefined || seen.has(below.id)) continue;
        if (!this.#isDone(below)) return below;
        seen.add(below.id);
        stack.push(below);
      }
    }
    return undefined;
  }

  /** Done by the source's own word, or proven now. A part that need not be done may stay open where nobody has asked for it. */
  #isDone(work: WorkElement): boolean {
    if (isSettled(work.status)) return true;
    return this.isAsked(work.id) ? this.verdict(work.id).tick : work.optional;
  }
}

function nameOf({ sourceId, name }: WorkElement): string {
  return sourceId === undefined || name.startsWith(sourceId) ? `\`${name}\`` : `\`${sourceId} ${name}\``;
}
