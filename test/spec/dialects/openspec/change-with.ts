import { expect } from 'vitest';

import type { RequirementElement, Specification, WorkElement } from '../../../../src/spec/model.ts';
import { ACCOUNTED, accountOf, specOf } from '../../bundle-of.ts';

/** One change with the given task file. */
export async function changeWith(...lines: string[]): Promise<Specification> {
  const spec = await specOf({
    'openspec/changes/add-x/proposal.md': '# Add X\n',
    'openspec/changes/add-x/tasks.md': `${lines.join('\n')}\n`,
  });
  expect(spec.dialect).toBe('openspec');
  expect(accountOf(spec)).toEqual(ACCOUNTED);
  return spec;
}

export function tasksOf(spec: Specification): WorkElement[] {
  return spec.elements.filter((element) => element.kind === 'work');
}

export function criteriaOf(spec: Specification): RequirementElement[] {
  return spec.elements.filter((element) => element.kind === 'requirement');
}

/** `2.1 <- 1.2 structural`, by printed ids or names. */
export function edgesOf(spec: Specification, kind?: string): string[] {
  const tasks = tasksOf(spec);
  const nameOf = (id: string): string => {
    const found = tasks.find((task) => task.id === id);
    return found?.sourceId ?? found?.name ?? id;
  };
  return tasks.flatMap(({ id, needs }) =>
    needs
      .filter((need) => kind === undefined || need.kind === kind)
      .map((need) => `${nameOf(id)} <- ${nameOf(need.task)} ${need.kind}`),
  );
}

export function codesOf(spec: Specification): string[] {
  return spec.diagnostics.map(({ code }) => code).filter((code) => code !== 'OPENSPEC_NO_DELTAS');
}
