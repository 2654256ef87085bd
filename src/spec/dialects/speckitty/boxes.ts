import type { Desk } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import { boxAt, type Checkbox, checkboxOf, isStatusMark } from '../../markdown/checkbox.ts';
import { plainText } from '../../markdown/passage.ts';
import type { SourceSpan, WorkStatus } from '../../model.ts';
import { shortened } from '../../shortened.ts';
import { reportLegend, reportUnknownMark, statusOf } from '../../work/marks.ts';
import type { RequirementDraft } from '../../work/work-draft.ts';
import type { OpenLine } from './open-lines.ts';

/** A checkbox that says how far something is. */
export interface StatusBox {
  account: LineAccount;
  line: number;
  raw: string;
  text: string;
  status: WorkStatus;
  source: SourceSpan;
}

/** The checkbox of a line, if it has one that is more than a label in brackets. */
export function statusBoxOf(account: LineAccount, { line, text: raw }: OpenLine, desk: Desk): StatusBox | undefined {
  const box = account.isOpenCheckbox(line) ? checkboxOf(raw) : undefined;
  if (box === undefined) return undefined;
  const source: SourceSpan = { file: account.source.path, line, column: raw.search(/\S/) + 1, endLine: line };
  if (box.text === '' || !isStatusMark(box.marker)) return refused(account, { box, source }, desk);
  const status = statusOf(box.marker);
  if (status === 'unknown') reportUnknownMark(box.marker, source, desk.diagnostics);
  return { account, line, raw, text: box.text, status, source };
}

function refused(account: LineAccount, { box, source }: { box: Checkbox; source: SourceSpan }, { diagnostics }: Desk): undefined {
  account.settleCheckbox(source.line, 'diagnostic');
  account.mark(source, 'prose');
  if (box.text !== '') return reportLegend(box.marker, source, diagnostics) ?? undefined;
  const message = 'This checkbox has no text.';
  diagnostics.report('SPEC_CHECKBOX_IGNORED', source, { message, hint: 'Write what it is for, or remove it.' });
  return undefined;
}

export interface CriterionPlace {
  scope: string;
  section: string;
  /** Key of the work package it tells the end of; without one it is about the specification. */
  parent: string | undefined;
}

/** A checkbox by which somebody is to see whether a thing is as it should be. */
export function criterionOf(
  { account, line, raw, text, source }: StatusBox,
  { scope, section, parent }: CriterionPlace,
): RequirementDraft {
  const plain = plainText(text);
  const draft: RequirementDraft = {
    kind: 'requirement',
    requirementKind: parent === undefined ? 'checklist' : 'acceptance',
    key: `${source.file}:${line}`,
    scope,
    name: shortened(plain),
    section,
    source,
    text: plain,
  };
  const box = boxAt(raw, line);
  if (box !== undefined) draft.box = box;
  if (parent !== undefined) draft.parent = parent;
  account.mark(source, 'element', draft.key);
  account.settleCheckbox(line, 'criterion');
  return draft;
}
