import type { DiagnosticList } from './diagnostic-list.ts';
import type { Draft } from './dialect.ts';

/**
 * Makes ids unique. The same control written twice is one; two other elements with one id are an error, and the later gets a
 * number, so that nothing is lost on the way to the report.
 */
export function settleNames(
  drafts: readonly Draft[],
  diagnostics: DiagnosticList,
  { namesRepeat = false }: { namesRepeat?: boolean } = {},
): Draft[] {
  const byId = new Map<string, Draft>();
  const counts = new Map<string, number>();
  for (const draft of drafts) {
    const first = byId.get(draft.id);
    if (first === undefined) byId.set(draft.id, draft);
    else if (isSameControl(first, draft)) reportControl(first, draft, diagnostics);
    else {
      reportClash(first, draft, { diagnostics, namesRepeat });
      const renamed = { ...draft, id: freeId(draft.id, byId, counts) };
      byId.set(renamed.id, renamed);
    }
  }
  return [...byId.values()];
}

function isSameControl(first: Draft, draft: Draft): boolean {
  return first.kind === 'control' && draft.kind === 'control' && first.text === draft.text;
}

function reportControl(first: Draft, draft: Draft, diagnostics: DiagnosticList): void {
  const message = `The same demand stands on line ${first.source.line} of ${first.source.file}; it counts once.`;
  diagnostics.report('SPEC_CONTROL_DUPLICATE', draft.source, { message, hint: 'Remove one of the two.' });
}

function reportClash(
  first: Draft,
  draft: Draft,
  { diagnostics, namesRepeat }: { diagnostics: DiagnosticList; namesRepeat: boolean },
): void {
  // Tasks may be worded alike: each box is a task of its own.
  if (draft.kind === 'work' && draft.sourceId === undefined) return;
  const where = `line ${first.source.line} of ${first.source.file}`;
  const printed = draft.sourceId ?? draft.name;
  if (namesRepeat) {
    const message = `There is already a ${draft.kind} \`${printed}\` on ${where}; this one gets a number.`;
    diagnostics.report('SPEC_ID_REPEATED', draft.source, { message, hint: 'Rename one of the two, or join them.' });
  } else if ((first.sourceId ?? first.name) === printed) {
    const message = `There is already a ${draft.kind} \`${printed}\` on ${where}.`;
    diagnostics.report('SPEC_DUPLICATE', draft.source, { message, hint: 'Rename one of the two, or join them.' });
  } else {
    const message = `\`${printed}\` would be written to the same files as \`${first.sourceId ?? first.name}\` on ${where}.`;
    diagnostics.report('SPEC_SLUG_COLLISION', draft.source, {
      message,
      hint: 'Names must differ in more than case, blanks and punctuation.',
    });
  }
}

function freeId(id: string, byId: ReadonlyMap<string, Draft>, counts: Map<string, number>): string {
  for (let count = (counts.get(id) ?? 1) + 1; ; count++) {
    counts.set(id, count);
    if (!byId.has(`${id}-${count}`)) return `${id}-${count}`;
  }
}
