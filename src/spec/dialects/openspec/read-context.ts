import type { Desk } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import { boxAt, checkboxOf, isStatusMark } from '../../markdown/checkbox.ts';
import { plainText } from '../../markdown/passage.ts';
import { shortened } from '../../shortened.ts';
import { passOver } from '../../work/pass-over.ts';
import { settleRest } from '../../work/settle-rest.ts';
import type { RequirementDraft } from '../../work/work-draft.ts';
import type { Role } from './layout.ts';
import { saysAcceptance, taskOutline } from './task-outline.ts';

const WHY: Partial<Record<Role['type'], string>> = {
  proposal: 'says what the change is for',
  design: 'says how the change is made',
  delta: 'is the delta of an archived change',
  'stray-delta': 'is no delta that OpenSpec reads',
};

/** Reads the prose of a change. Checkboxes under a heading about acceptance are criteria; all others are no tasks, and are told of. */
export function readContext(
  account: LineAccount,
  { role, scope, desk }: { role: Role & { type: string }; scope: string; desk: Desk },
): RequirementDraft[] {
  const isArchived = 'change' in role && role.change.archived;
  const criteria = isArchived ? [] : criteriaIn(account, scope);
  if (account.source.lineCount === 0) passOver(account, WHY[role.type] ?? 'belongs to a change');
  else if (account.openCheckboxes().length === 0) settleRest(account, desk);
  else if (criteria.length === 0) passOver(account, WHY[role.type] ?? 'belongs to a change');
  else settleRest(account, desk, 'in the prose of a change, where it is no task');
  return criteria;
}

/** Checkboxes of a spec ask whether it is met: they are kept beside its requirements, and are no tasks. */
export function specChecklist(account: LineAccount, scope: string): RequirementDraft[] {
  return criteriaIn(account, scope, 'checklist');
}

function criteriaIn(
  account: LineAccount,
  scope: string,
  requirementKind: 'acceptance' | 'checklist' = 'acceptance',
): RequirementDraft[] {
  const { lines, mask, headings } = taskOutline(account);
  const file = account.source.path;
  const drafts: RequirementDraft[] = [];
  let section = { title: '', level: 0, isAcceptance: false };
  for (const [at, text] of lines.entries()) {
    const line = at + 1;
    const heading = headings.get(line);
    if (heading !== undefined && !(section.isAcceptance && heading.level > section.level)) {
      section = { title: heading.title, level: heading.level, isAcceptance: saysAcceptance(heading.title) };
    }
    const isHere = section.isAcceptance || requirementKind === 'checklist';
    const box = isHere && mask[at] !== true ? checkboxOf(text) : undefined;
    if (box === undefined || box.text === '' || !isStatusMark(box.marker)) continue;
    const endLine = continuedTo(lines, line);
    const words = plainText([box.text, ...lines.slice(line, endLine)].join(' '));
    const key = `${file}:${line}`;
    const place = boxAt(text, line);
    drafts.push({
      kind: 'requirement',
      requirementKind,
      key,
      scope,
      name: shortened(words),
      section: section.title,
      source: { file, line, column: text.search(/\S/) + 1, endLine },
      text: words,
      ...(place === undefined ? {} : { box: place }),
    });
    account.mark({ line, endLine }, 'element', key);
    account.settleCheckbox(line, 'criterion');
  }
  return drafts;
}

/** The last of the indented lines that follow without a blank one and are no bullets. */
function continuedTo(lines: readonly string[], line: number): number {
  let end = line;
  while (/^\s+(?![-*+]\s|\d{1,9}[.)]\s)\S/.test(lines[end] ?? '')) end += 1;
  return end;
}
