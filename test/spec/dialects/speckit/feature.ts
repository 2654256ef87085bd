import { interpret } from '../../../../src/spec/interpret.ts';
import type { RequirementElement, Specification, WorkElement } from '../../../../src/spec/model.ts';
import { bundleOf } from '../../bundle-of.ts';

/** A feature of one file, read as Spec Kit. */
export function tasksOf(...lines: string[]): Promise<Specification> {
  return featureOf({ 'tasks.md': ['# Tasks: Shop', '', ...lines, ''].join('\n') });
}

/** A feature by its files. */
export function featureOf(files: Record<string, string>): Promise<Specification> {
  return interpret(bundleOf(files), { dialect: 'speckit' });
}

export function workOf({ elements }: Specification): WorkElement[] {
  return elements.filter((element) => element.kind === 'work');
}

export function requirementsOf({ elements }: Specification): RequirementElement[] {
  return elements.filter((element) => element.kind === 'requirement');
}

/** The task with a printed id; of several the first. */
export function task(spec: Specification, sourceId: string): WorkElement {
  const found = workOf(spec).find((element) => element.sourceId === sourceId);
  if (found === undefined)
    throw new Error(
      `no ${sourceId} among ${workOf(spec)
        .map((each) => each.sourceId ?? each.name)
        .join(', ')}`,
    );
  return found;
}

/** `T002 explicit` for each need, by printed ids. */
export function needsOf(spec: Specification, sourceId: string): string[] {
  const printed = new Map(workOf(spec).map((element) => [element.id, element.sourceId ?? element.name]));
  return task(spec, sourceId).needs.map((need) => `${printed.get(need.task) ?? '?'} ${need.kind}`);
}
