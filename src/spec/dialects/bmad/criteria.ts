import type { LineAccount } from '../../line-account.ts';
import { plainText } from '../../markdown/passage.ts';
import { shortened } from '../../shortened.ts';
import { isBlankLine, lineText } from '../../source-text.ts';
import { checkboxOf } from '../../markdown/checkbox.ts';
import { leadingKeyword, normalWords } from '../../work/keywords.ts';
import type { RequirementDraft } from '../../work/work-draft.ts';

/** Lines of a file, the last one included. */
export interface Stretch {
  from: number;
  to: number;
}

export interface CriteriaOwner {
  key: string;
  scope: string;
}

const NAMED =
  /^\s{0,3}(?:#{3,6}\s+|[-*+]\s+(?:\[[ xX]\]\s+)?|\d{1,3}[.)]\s+)?[*_]{0,2}AC[\s#:.-]{0,3}(\d{1,3}(?:\.\d{1,3}){0,3}[a-z]?)(?![\p{L}\p{N}])[\s)*_:：.–—-]*(.*)$/iu;
const NUMBERED = /^ {0,3}(\d{1,3})[.)]\s+(.*)$/;

interface Found {
  id?: string;
  text: string;
  line: number;
}

/** Acceptance criteria: `AC1: …` if any is named so, else numbered ones, else each `**Given** …`. */
export function criteriaIn(account: LineAccount, { from, to }: Stretch, owner: CriteriaOwner): RequirementDraft[] {
  const starts =
    [namedAt, numberedAt, givenAt].map((start) => startsOf(account, { from, to }, start)).find((found) => found.length > 0) ?? [];
  return starts.map((found, index) => {
    const next = starts[index + 1]?.line ?? to + 1;
    return criterionOf(found, lastLine(account, found.line, next - 1), { account, owner });
  });
}

function startsOf(
  account: LineAccount,
  { from, to }: Stretch,
  start: (text: string) => Omit<Found, 'line'> | undefined,
): Found[] {
  const found: Found[] = [];
  for (let line = from; line <= to; line++) {
    const parts = start(lineText(account.source, line).slice(0, 4000));
    if (parts !== undefined) found.push({ ...parts, line });
  }
  return found;
}

function namedAt(text: string): Omit<Found, 'line'> | undefined {
  const parts = NAMED.exec(text);
  return parts === null ? undefined : { id: `AC${parts[1] ?? ''}`, text: parts[2] ?? '' };
}

function numberedAt(text: string): Omit<Found, 'line'> | undefined {
  const parts = NUMBERED.exec(text);
  return parts === null ? undefined : { id: parts[1] ?? '', text: parts[2] ?? '' };
}

function givenAt(text: string): Omit<Found, 'line'> | undefined {
  const words = plainText(text.replace(/^\s*(?:[-*+]\s+)?/, ''));
  return leadingKeyword(normalWords(words), 'given') === 0 ? undefined : { text: words };
}

/** Without the blank lines at its end. */
function lastLine(account: LineAccount, first: number, last: number): number {
  let line = last;
  while (line > first && isBlankLine(account.source, line)) line -= 1;
  return line;
}

const MAX_LINES = 60;

function criterionOf(
  found: Found,
  endLine: number,
  { account, owner }: { account: LineAccount; owner: CriteriaOwner },
): RequirementDraft {
  const { path } = account.source;
  const rest = Array.from({ length: Math.min(endLine - found.line, MAX_LINES) }, (_, index) =>
    lineText(account.source, found.line + index + 1),
  );
  const text = plainText([found.text, ...rest.filter((line) => checkboxOf(line) === undefined)].join(' '));
  const draft: RequirementDraft = {
    kind: 'requirement',
    requirementKind: found.id === undefined ? 'scenario' : 'criterion',
    key: `${path}:${found.line}`,
    scope: owner.scope,
    name: shortened(plainText(found.text) || text),
    section: 'Acceptance Criteria',
    source: { file: path, line: found.line, column: 1, endLine },
    text,
    parent: owner.key,
  };
  account.mark(draft.source, 'element', draft.key);
  if (found.id !== undefined) {
    draft.sourceId = found.id;
    draft.aliases = aliasesOf(found.id);
  }
  return draft;
}

function aliasesOf(id: string): string[] {
  const number = id.replace(/^AC/i, '');
  return [`#${number}`, number, `AC${number}`, `AC ${number}`].filter((name) => name !== id);
}
