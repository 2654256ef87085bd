import { listed } from '../base/text.ts';
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
  const repeated = new Map<string, { draft: Draft; first: Draft }[]>();
  for (const draft of drafts) {
    const first = byId.get(draft.id);
    if (first === undefined) byId.set(draft.id, draft);
    else if (isSameControl(first, draft)) reportControl(first, draft, diagnostics);
    else {
      if (namesRepeat) noteRepeated(repeated, first, draft);
      else reportClash(first, draft, diagnostics);
      const renamed = { ...draft, id: freeId(draft.id, byId, counts) };
      byId.set(renamed.id, renamed);
    }
  }
  for (const clashes of repeated.values()) reportRepeated(clashes, diagnostics);
  return [...byId.values()];
}

/** By the files of both, so that two documents with the same names make one report. */
function noteRepeated(repeated: Map<string, { draft: Draft; first: Draft }[]>, first: Draft, draft: Draft): void {
  if (isUnnumberedWork(draft)) return;
  const key = `${draft.source.file}\0${first.source.file}`;
  const known = repeated.get(key);
  if (known === undefined) repeated.set(key, [{ draft, first }]);
  else known.push({ draft, first });
}

function reportRepeated(clashes: readonly { draft: Draft; first: Draft }[], diagnostics: DiagnosticList): void {
  const [clash] = clashes;
  if (clash === undefined) return;
  const { draft, first } = clash;
  const names = clashes.map((each) => `\`${printedOf(each.draft)}\``);
  const message =
    clashes.length === 1
      ? `There is already a ${draft.kind} ${names.join('')} on line ${first.source.line} of ${first.source.file}; this one gets a number.`
      : `${clashes.length} names of this file stand in ${first.source.file} already, and get a number here: ${shownOf(names)}.`;
  diagnostics.report('SPEC_ID_REPEATED', draft.source, { message, hint: 'Rename one of the two, or join them.' });
}

/** Names shown of many. */
const SHOWN = 6;

function shownOf(names: readonly string[]): string {
  return names.length > SHOWN ? `${names.slice(0, SHOWN).join(', ')}, …` : listed(names);
}

/** Tasks may be worded alike: each box is a task of its own. */
function isUnnumberedWork(draft: Draft): boolean {
  return draft.kind === 'work' && draft.sourceId === undefined;
}

function printedOf(draft: Draft): string {
  return draft.sourceId ?? draft.name;
}

function isSameControl(first: Draft, draft: Draft): boolean {
  return first.kind === 'control' && draft.kind === 'control' && first.text === draft.text;
}

function reportControl(first: Draft, draft: Draft, diagnostics: DiagnosticList): void {
  const message = `The same demand stands on line ${first.source.line} of ${first.source.file}; it counts once.`;
  diagnostics.report('SPEC_CONTROL_DUPLICATE', draft.source, { message, hint: 'Remove one of the two.' });
}

function reportClash(first: Draft, draft: Draft, diagnostics: DiagnosticList): void {
  if (isUnnumberedWork(draft)) return;
  const where = `line ${first.source.line} of ${first.source.file}`;
  const printed = printedOf(draft);
  if (printedOf(first) === printed) {
    const message = `There is already a ${draft.kind} \`${printed}\` on ${where}.`;
    diagnostics.report('SPEC_DUPLICATE', draft.source, { message, hint: 'Rename one of the two, or join them.' });
  } else {
    const message = `\`${printed}\` would be written to the same files as \`${printedOf(first)}\` on ${where}.`;
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
