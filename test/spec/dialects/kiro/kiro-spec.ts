import { expect } from 'vitest';

import { interpret } from '../../../../src/spec/interpret.ts';
import type { RequirementElement, Specification, WorkElement } from '../../../../src/spec/model.ts';
import { ACCOUNTED, accountOf, bundleOf } from '../../bundle-of.ts';

/** Lines as a file. */
export function text(...lines: string[]): string {
  return `${lines.join('\n')}\n`;
}

/** Reads files as Kiro's, and checks that no line or box is lost. */
export async function kiroOf(files: Record<string, string>): Promise<Specification> {
  const spec = await interpret(bundleOf(files), { dialect: 'kiro' });
  expect(accountOf(spec)).toEqual(ACCOUNTED);
  return spec;
}

/** A `tasks.md` alone. */
export function tasksOf(...lines: string[]): Promise<Specification> {
  return kiroOf({ 'tasks.md': text('# Implementation Plan', '', ...lines) });
}

export function workOf(spec: Specification): WorkElement[] {
  return spec.elements.filter((element) => element.kind === 'work');
}

export function requirementsOf(spec: Specification): RequirementElement[] {
  return spec.elements.filter((element) => element.kind === 'requirement');
}

/** `1.2 ← 1.1 (structural)` of every edge between tasks that is not that of a part and its whole. */
export function edgesOf(spec: Specification): string[] {
  const work = workOf(spec);
  const names = new Map(work.map(({ id, sourceId, name }) => [id, sourceId ?? name]));
  return work.flatMap(({ sourceId, name, needs }) =>
    needs
      .filter(({ because }) => !because.startsWith('closes'))
      .map(({ task, kind }) => `${sourceId ?? name} ← ${names.get(task) ?? '?'} (${kind})`),
  );
}

export function codesOf(spec: Specification): string[] {
  return spec.diagnostics.map(({ code }) => code);
}
