import type { Element, RequirementElement } from './model.ts';

/** Which requirements have tasks, and which tasks have requirements. */
export interface RequirementCoverage {
  total: number;
  covered: number;
  /** Ids of requirements that no task is to fulfil. */
  uncovered: string[];
  /** Ids of tasks that fulfil none, in a bundle that has requirements. */
  tasksWithout: string[];
}

/**
 * Counted are requirements without parts: the scenarios of a story rather than the story. One is covered if a task names it or
 * what it is part of, or if it is part of a task. Checklists about the specification itself are not counted.
 */
export function requirementCoverage(elements: readonly Element[]): RequirementCoverage {
  const requirements = elements.filter((element) => element.kind === 'requirement');
  const tasks = elements.filter((element) => element.kind === 'work');
  const named = new Set(tasks.flatMap((task) => task.covers));
  const parents = new Map(requirements.flatMap(({ id, parent }) => (parent === undefined ? [] : [[id, parent] as const])));
  const whole = new Set(parents.values());
  const taskIds = new Set(tasks.map((task) => task.id));
  const counted = requirements.filter(({ id, requirementKind }) => !whole.has(id) && requirementKind !== 'checklist');
  const isCovered = ({ id }: RequirementElement): boolean => {
    const seen = new Set<string>();
    for (let at: string | undefined = id; at !== undefined && !seen.has(at); at = parents.get(at)) {
      if (named.has(at) || taskIds.has(at)) return true;
      seen.add(at);
    }
    return false;
  };
  const uncovered = counted.filter((requirement) => !isCovered(requirement)).map(({ id }) => id);
  const covering = new Set(tasks.flatMap(({ id, covers, parent }) => (covers.length === 0 ? [] : [id, parent ?? id])));
  const tasksWithout =
    counted.length === 0
      ? []
      : tasks
          .filter(({ id, status, parent }) => status !== 'cancelled' && !covering.has(id) && !covering.has(parent ?? id))
          .map(({ id }) => id);
  return { total: counted.length, covered: counted.length - uncovered.length, uncovered, tasksWithout };
}
