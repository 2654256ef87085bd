import type { Desk } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import { plainText } from '../../markdown/passage.ts';
import { shortened } from '../../shortened.ts';
import { isBlankLine, lineText } from '../../source-text.ts';
import { boxLines } from '../../work/box-lines.ts';
import type { RequirementDraft } from '../../work/work-draft.ts';
import { criteriaIn } from './criteria.ts';
import { needsIn, type Story, storyDraft } from './story.ts';
import { epicIn, headingOf, type Numbered, storyIn } from './story-number.ts';

/** A file of epics: their titles, and the stories as they were thought of first. */
export interface Epics {
  titles: Map<string, string>;
  stories: Story[];
  /** Boxes outside of stories. */
  checklist: RequirementDraft[];
}

interface Section {
  numbered: Numbered;
  from: number;
  to: number;
}

export function isEpics(account: LineAccount): boolean {
  const { text } = account.source;
  return /^ {0,3}#{2,4}[\t ]+[^\n]{0,20}?\d{1,4}[.-]\d{1,4}/m.test(text) && sectionsOf(account).sections.length > 0;
}

/** Reads the stories of a file of epics. */
export function readEpics(account: LineAccount, desk: Desk): Epics {
  const { titles, sections } = sectionsOf(account);
  const stories = sections.map((section) => storyOf(section, account, desk));
  return { titles, stories, checklist: readBoxes(account, { stories, desk }) };
}

/** From the heading of each story to the next heading that is not below it. */
function sectionsOf(account: LineAccount): { titles: Map<string, string>; sections: Section[] } {
  const titles = new Map<string, string>();
  const sections: (Section & { level: number })[] = [];
  const { lineCount } = account.source;
  for (let line = 1; line <= lineCount; line++) {
    const heading = headingOf(lineText(account.source, line), line);
    if (heading === undefined) continue;
    const last = sections.at(-1);
    const epic = epicIn(heading.text);
    if (epic !== undefined && !titles.has(epic.epic))
      titles.set(epic.epic, epic.title === '' ? `Epic ${epic.epic}` : `Epic ${epic.epic}: ${epic.title}`);
    const numbered = heading.level >= 2 ? storyIn(heading.text) : undefined;
    if (last !== undefined && last.to === lineCount && (numbered !== undefined || heading.level <= last.level))
      last.to = line - 1;
    if (numbered !== undefined) sections.push({ numbered, from: line, to: lineCount, level: heading.level });
  }
  return { titles, sections };
}

function storyOf({ numbered, from, to }: Section, account: LineAccount, desk: Desk): Story {
  const { path } = account.source;
  let endLine = to;
  while (endLine > from && isBlankLine(account.source, endLine)) endLine -= 1;
  const draft = storyDraft(numbered, { file: path, line: from, column: 1, endLine });
  const lines = Array.from({ length: endLine - from }, (_, index) => lineText(account.source, from + index + 1));
  draft.details = lines.join('\n').trim();
  account.mark(draft.source, 'element', draft.key);
  const start = lines.findIndex((line) => /acceptance criteria|验收|驗收|受け入れ|인수/i.test(line));
  const criteria = criteriaIn(
    account,
    { from: from + Math.max(start, 0) + 1, to: endLine },
    { key: draft.key, scope: draft.sourceId ?? '' },
  );
  const edges = lines.flatMap((line, index) => {
    const at = { file: path, line: from + index + 1, column: 1, endLine: from + index + 1 };
    return needsIn(line, draft, { at, desk });
  });
  draft.covers = criteria.map(({ key }) => ({ key }));
  return { numbered, draft, tasks: [], criteria, status: undefined, edges };
}

/** Checkboxes of a story are criteria of it; elsewhere they are lists about the epics themselves. */
function readBoxes(account: LineAccount, { stories, desk }: { stories: readonly Story[]; desk: Desk }): RequirementDraft[] {
  const checklist: RequirementDraft[] = [];
  const byLine = new Map(
    stories.flatMap(({ criteria }) => criteria.map((criterion) => [criterion.source.line, criterion] as const)),
  );
  let at = 0;
  for (const box of boxLines(account, desk)) {
    while ((stories[at]?.draft.source.endLine ?? box.line) < box.line) at += 1;
    const story = stories[at];
    const owner = story !== undefined && story.draft.source.line <= box.line ? story : undefined;
    account.settleCheckbox(box.line, 'criterion');
    const known = byLine.get(box.line);
    if (known !== undefined) {
      if (box.box !== undefined) known.box = box.box;
      continue;
    }
    const { path } = account.source;
    const draft: RequirementDraft = {
      kind: 'requirement',
      requirementKind: owner === undefined ? 'checklist' : 'acceptance',
      key: `${path}:${box.line}:box`,
      scope: owner?.draft.sourceId ?? path,
      name: shortened(plainText(box.text)),
      section: box.headings.at(-1) ?? path,
      source: { file: path, line: box.line, column: 1, endLine: box.endLine },
      text: plainText(box.text),
    };
    account.mark(box, 'element', draft.key);
    if (box.box !== undefined) draft.box = box.box;
    if (owner !== undefined) draft.parent = owner.draft.key;
    (owner?.criteria ?? checklist).push(draft);
  }
  return checklist;
}
