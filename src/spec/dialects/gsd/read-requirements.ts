import type { Desk } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import { plainText } from '../../markdown/passage.ts';
import { shortened } from '../../shortened.ts';
import { lineText } from '../../source-text.ts';
import { type BoxLine, boxLines } from '../../work/box-lines.ts';
import type { RequirementDraft } from '../../work/work-draft.ts';

const ID = /^([\p{L}][\p{L}\p{N}]*(?:-[\p{L}\p{N}]+){0,4}-\d{1,6}[a-z]?)\s*[:：.–—-]?\s+(.*)$/su;

/** The checkboxes of a file as requirements: with ids functional ones, without ids a list of what is to be seen in the end. */
export function readRequirements(
  account: LineAccount,
  desk: Desk,
  { scope, checklist = false }: { scope: string; checklist?: boolean },
): RequirementDraft[] {
  const boxed = boxLines(account, desk).map((box) => {
    account.settleCheckbox(box.line, 'criterion');
    return requirementOf(box, account, { scope, checklist });
  });
  return checklist ? boxed : [...boxed, ...unboxed(account, scope)].toSorted((a, b) => a.source.line - b.source.line);
}

function requirementOf(
  box: Pick<BoxLine, 'line' | 'endLine' | 'text' | 'headings' | 'box'>,
  account: LineAccount,
  { scope, checklist }: { scope: string; checklist: boolean },
): RequirementDraft {
  const { path } = account.source;
  const text = plainText(box.text);
  const numbered = checklist ? null : ID.exec(text);
  const draft: RequirementDraft = {
    kind: 'requirement',
    requirementKind: numbered === null ? 'checklist' : 'functional',
    key: `${path}:${box.line}`,
    scope,
    name: shortened(numbered?.[2] ?? text),
    section: box.headings.at(-1) ?? path,
    source: { file: path, line: box.line, column: 1, endLine: box.endLine },
    text: numbered?.[2] ?? text,
  };
  account.mark(box, 'element', draft.key);
  if (numbered?.[1] !== undefined) draft.sourceId = numbered[1];
  if (box.box !== undefined) draft.box = box.box;
  return draft;
}

/** `- **AUTH-01**: text` and `### AUTH-01: text` without a box, but for what is put off or left out. */
function unboxed(account: LineAccount, scope: string): RequirementDraft[] {
  const found: RequirementDraft[] = [];
  let heading = '';
  let isLater = false;
  for (let line = 1; line <= account.source.lineCount; line++) {
    const text = lineText(account.source, line);
    const [, marks = '', title = ''] = /^ {0,3}(#{1,6})[\t ]+(.*)$/.exec(text) ?? [];
    if (marks !== '') {
      heading = title;
      if (marks.length <= 2) isLater = /\bv[2-9]\b|future|out of scope|deferred|later|traceability/i.test(title);
    }
    if (marks.length > 2 && !isLater && ID.test(plainText(title)))
      found.push(requirementOf({ line, endLine: line, text: title, headings: [] }, account, { scope, checklist: false }));
    const bold = /^\s{0,12}[-*+]\s+(\*\*[\p{L}][\p{L}\p{N}-]{0,60}-\d{1,6}[a-z]?(?:\*\*[:：]?|[:：]\*\*)\s.*)$/u.exec(text)?.[1];
    if (bold !== undefined && !isLater)
      found.push(requirementOf({ line, endLine: line, text: bold, headings: [heading] }, account, { scope, checklist: false }));
  }
  return found;
}
