import { counted } from '../../base/text.ts';
import type { DiagnosticList } from '../diagnostic-list.ts';
import type { RequirementElement, SourceSpan, WorkElement, WorkNeed } from '../model.ts';
import { DraftIndex } from './draft-index.ts';
import { isSettled } from './marks.ts';
import { settleEdges } from './settle-edges.ts';
import { settleIds } from './settle-ids.ts';
import type { RequirementDraft, WorkDraft, WorkReading } from './work-draft.ts';

export interface SettledWork {
  elements: (WorkElement | RequirementElement)[];
  /** Element ids by the drafts' keys. */
  ids: ReadonlyMap<string, string>;
}

/** Gives tasks and requirements their ids, looks up what they refer to, and says what cannot be found or done. */
export function settleWork(reading: WorkReading, diagnostics: DiagnosticList): SettledWork {
  const { tasks, requirements } = reading;
  const ids = settleIds([...requirements, ...tasks], diagnostics);
  const index = { tasks: new DraftIndex(tasks), requirements: new DraftIndex(requirements) };
  const needs = settleEdges(reading, { index: index.tasks, ids, diagnostics });
  const missing = new Missing();
  const elements = [
    ...requirements.map((draft) => settledRequirement(draft, ids)),
    ...tasks.map((draft) =>
      settledTask(draft, ids, {
        needs: needs.get(draft.key) ?? [],
        covers: coversOf(draft, { index: index.requirements, ids, missing }),
      }),
    ),
  ];
  missing.report(diagnostics);
  return { elements, ids };
}

/** Requirements that tasks name and that are not there: one report for each, however many tasks of a file name it. */
class Missing {
  readonly #named = new Map<string, { printed: string; at: SourceSpan; tasks: string[] }>();

  add(printed: string, at: SourceSpan, task: string): void {
    const key = `${at.file}\0${printed}`;
    const known = this.#named.get(key);
    if (known === undefined) this.#named.set(key, { printed, at, tasks: [task] });
    else known.tasks.push(task);
  }

  report(diagnostics: DiagnosticList): void {
    for (const { printed, at, tasks } of this.#named.values()) {
      const [first = '', ...others] = tasks;
      const who =
        others.length === 0 ? `\`${first}\` is` : `\`${first}\` and ${counted(others.length, 'other task', 'other tasks')} are`;
      const message = `${who} to fulfil \`${printed}\`, which is no requirement of this bundle.`;
      const hint = 'Correct the id, or add the requirement.';
      diagnostics.report('SPEC_REQUIREMENT_UNKNOWN', at, { message, hint });
    }
  }
}

function settledRequirement(draft: RequirementDraft, ids: ReadonlyMap<string, string>): RequirementElement {
  const { key, scope: _scope, aliases: _aliases, parent, ...rest } = draft;
  const element: RequirementElement = { ...rest, id: ids.get(key) ?? key };
  const parentId = parent === undefined ? undefined : ids.get(parent);
  return parentId === undefined ? element : { ...element, parent: parentId };
}

function settledTask(
  draft: WorkDraft,
  ids: ReadonlyMap<string, string>,
  found: { needs: WorkNeed[]; covers: string[] },
): WorkElement {
  const { key, scope: _scope, aliases: _aliases, parent, ...rest } = draft;
  const element: WorkElement = { ...rest, ...found, id: ids.get(key) ?? key };
  const parentId = parent === undefined ? undefined : ids.get(parent);
  return parentId === undefined ? element : { ...element, parent: parentId };
}

interface Lookup {
  index: DraftIndex<RequirementDraft>;
  ids: ReadonlyMap<string, string>;
  missing: Missing;
}

function coversOf(draft: WorkDraft, { index, ids, missing }: Lookup): string[] {
  const covers = new Set<string>();
  for (const reference of draft.covers) {
    const found = 'key' in reference ? index.byKey(reference.key) : nearestTo(draft, reference.printed, index);
    const id = found === undefined ? undefined : ids.get(found.key);
    if (id !== undefined) covers.add(id);
    else if ('printed' in reference && !isSettled(draft.status)) {
      missing.add(reference.printed, reference.at ?? draft.source, draft.sourceId ?? draft.name);
    }
  }
  return [...covers];
}

function nearestTo(draft: WorkDraft, printed: string, index: DraftIndex<RequirementDraft>): RequirementDraft | undefined {
  return index.nearest(printed, draft);
}
