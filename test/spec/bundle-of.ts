import { interpret } from '../../src/spec/interpret.ts';
import type { Diagnostic } from '../../src/spec/diagnostics.ts';
import type { ContractElement, Element, Specification } from '../../src/spec/model.ts';
import type { Bundle } from '../../src/spec/read-bundle.ts';

/** A bundle in memory: one file, or several by path. */
export function bundleOf(files: string | Record<string, string>): Bundle {
  const byPath = typeof files === 'string' ? { 'spec.md': files } : files;
  return { root: '/bundle', name: 'bundle', files: Object.entries(byPath).map(([path, text]) => ({ path, text })) };
}

export function specOf(files: string | Record<string, string>): Promise<Specification> {
  return interpret(bundleOf(files));
}

/** A titled bundle with the given lines in one section. */
export function sectionOf(...lines: string[]): Promise<Specification> {
  return specOf(['# Shop', '', '## Parts', ...lines, ''].join('\n'));
}

/** A contract `Thing` with the given notation, produced and consumed by a component. */
export function contractWith(notation: string, ...more: string[]): Promise<Specification> {
  return sectionOf(
    '- Component: Maker',
    '- Contract: Thing',
    `  - Schema: \`${notation}\``,
    '  - Producers: Maker',
    '  - Consumers: Maker',
    ...more,
  );
}

export function elementOf<K extends Element['kind']>(spec: Specification, kind: K): Extract<Element, { kind: K }> {
  const found = spec.elements.find((element): element is Extract<Element, { kind: K }> => element.kind === kind);
  if (found === undefined) throw new Error(`no ${kind} among ${spec.elements.map((element) => element.id).join(', ')}`);
  return found;
}

export function contractNamed(spec: Specification, name: string): ContractElement {
  const found = spec.elements.find((element): element is ContractElement => element.kind === 'contract' && element.name === name);
  if (found === undefined) throw new Error(`no contract ${name}`);
  return found;
}

/** `SPEC_X 3:5` of every diagnostic that is not mere information. */
export function placesOf(spec: Specification): string[] {
  return spec.diagnostics.filter((each) => each.severity !== 'info').map(placeOf);
}

export function placeOf({ code, line, column }: Diagnostic): string {
  return `${code} ${line}:${column}`;
}

export function diagnosticOf(spec: Specification, code: string): Diagnostic {
  const found = spec.diagnostics.find((each) => each.code === code);
  if (found === undefined) throw new Error(`no ${code} among ${spec.diagnostics.map(placeOf).join(', ')}`);
  return found;
}

/** Whether the six classes add up to the lines there are, the runs cover them in order, and no checkbox is lost. */
export function accountOf({ coverage, lines }: Specification): { unaccounted: number; gaps: number; lostCheckboxes: number } {
  const { blank, headings, elementLines, prose, documents, notUnderstood } = coverage;
  let gaps = 0;
  for (const [index, run] of lines.entries()) {
    const before = lines[index - 1];
    const expected = before === undefined || before.file !== run.file ? 1 : before.endLine + 1;
    if (run.line !== expected || run.endLine < run.line) gaps += 1;
  }
  return {
    unaccounted: coverage.sourceLines - (blank + headings + elementLines + prose + documents + notUnderstood),
    gaps,
    lostCheckboxes: coverage.checkboxes - coverage.checkboxesAccounted,
  };
}

export const ACCOUNTED = { unaccounted: 0, gaps: 0, lostCheckboxes: 0 };
