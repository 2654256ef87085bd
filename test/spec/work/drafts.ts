import type { RequirementDraft, WorkDraft, WorkReading } from '../../../src/spec/work/work-draft.ts';
import { PLAIN_WORK } from '../../../src/spec/work/work-draft.ts';
import { DiagnosticList } from '../../../src/spec/diagnostic-list.ts';
import { settleWork } from '../../../src/spec/work/settle-work.ts';
import type { WorkElement } from '../../../src/spec/model.ts';

let line = 0;

/** A task whose key, id and name are one; each stands a line below the one made before. */
export function draft(key: string, fields: Partial<WorkDraft> = {}): WorkDraft {
  line += 1;
  const source = { file: 'tasks.md', line, column: 1, endLine: line };
  return {
    ...PLAIN_WORK,
    writes: [],
    labels: [],
    key,
    scope: '',
    sourceId: key,
    name: key,
    text: key,
    section: '',
    source,
    status: 'todo',
    ...fields,
  };
}

export function requirement(key: string, fields: Partial<RequirementDraft> = {}): RequirementDraft {
  const { kind: _, name, text, section, source } = draft(key);
  return {
    kind: 'requirement',
    requirementKind: 'functional',
    key,
    scope: '',
    sourceId: key,
    name,
    text,
    section,
    source,
    ...fields,
  };
}

/** Needs as `b←a explicit`, and diagnostics by code. */
export function settled({ tasks = [], requirements = [], edges = [] }: Partial<WorkReading>): {
  work: WorkElement[];
  needs: string[];
  codes: string[];
} {
  const diagnostics = new DiagnosticList();
  const { elements } = settleWork({ tasks, requirements, edges }, diagnostics);
  const work = elements.filter((element) => element.kind === 'work');
  const needs = work.flatMap(({ id, needs: own }) => own.map((need) => `${short(id)}←${short(need.task)} ${need.kind}`));
  return { work, needs, codes: diagnostics.sorted([]).map((each) => each.code) };
}

function short(id: string): string {
  return id.slice(id.lastIndexOf(':') + 1);
}
