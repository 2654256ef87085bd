import type { Desk } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import { plainText } from '../../markdown/passage.ts';
import type { SourceSpan, WorkStatus } from '../../model.ts';
import { lineStart, lineText } from '../../source-text.ts';
import { normalWords, says } from '../../work/keywords.ts';
import { statusNamed } from '../../work/status-words.ts';
import { criteriaIn, type Stretch } from './criteria.ts';
import { storyBoxes } from './story-boxes.ts';
import { needsIn, type Story, storyDraft } from './story.ts';
import { type Heading, headingOf, type Numbered, storyId, storyIn, storyInName } from './story-number.ts';

/** How far down the head of a story reaches. */
const HEAD = 40;
const STATUS =
  /^\s{0,6}(?:(?:[-*+>|]|#{2,6})\s+)?[*_]{0,3}(?:status|状态|狀態|ステータス|상태|estado|statut|durum)[*_]{0,3}\s{0,3}[:：|][*_]{0,3}\s*(.*?)[\s|]*$/i;

/** The number of the story that a file tells of, if it is one: by its heading, or by its name and what it holds. */
export function storyOfFile(account: LineAccount): Numbered | undefined {
  const headings = headingsOf(account, HEAD);
  const first = headings.find(({ level }) => level <= 2);
  const printed = first === undefined ? undefined : storyIn(first.text);
  if (printed !== undefined && first?.level === 1) return printed;
  const named = storyInName(account.source.path);
  if (named === undefined || isReport(first?.text ?? '', account.source.path)) return undefined;
  const isNamed = first !== undefined && plainText(first.text).startsWith(storyId(named)) && !/^\d/.test(named.epic);
  if (!looksLikeStory(account, isNamed)) return undefined;
  const title =
    first === undefined
      ? ''
      : plainText(first.text).replace(/^(?:story\s*)?(?:[A-Z]{1,8}\d{0,3}-S?\d{1,4}|[\d.-]*)\s*[:：–—-]?\s*/i, '');
  return { ...named, title: title === '' ? named.title : title };
}

const REPORT =
  /(?:^|\s)(?:reviews?|reviewer|reports?|rapport|relatório|informe|summary|résumé|retrospective|validation|audit(?:or)?|assessment|handoff)(?![\p{L}])|评审|審查|审查|报告|報告|总结/u;

/** What tells of a story has its number, criteria and tasks too: `Validation Report: Story 1.2`, `1-2-review.md`. */
function isReport(heading: string, path: string): boolean {
  const words = normalWords(plainText(heading));
  return (
    (!/^\d/.test(words) && REPORT.test(words)) || /(?:^|\/)\d{1,4}[-.]\d{1,4}[a-z]?[-.](?:code-)?review(?![a-z])/i.test(path)
  );
}

/** By criteria, and a list of tasks, if its heading does not have the number of the file's name. */
function looksLikeStory(account: LineAccount, isNamed: boolean): boolean {
  const headings = headingsOf(account, account.source.lineCount);
  const hasCriteria = headings.some(({ text }) => says(text, 'acceptance'));
  if (hasCriteria && isNamed) return true;
  return hasCriteria && headings.some(({ text }) => /^story$/i.test(text) || (says(text, 'task') && !says(text, 'acceptance')));
}

function headingsOf(account: LineAccount, last: number): Heading[] {
  const found: Heading[] = [];
  let fence: string | undefined;
  for (let line = 1; line <= Math.min(last, account.source.lineCount); line++) {
    const text = lineText(account.source, line);
    const mark = /^[\t ]{0,12}(`{3,}|~{3,})/.exec(text)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence) === true) fence = undefined;
      continue;
    }
    fence = mark;
    const heading = headingOf(text, line);
    if (heading !== undefined) found.push(heading);
  }
  return found;
}

/** Reads a story with its criteria and tasks. */
export function readStory(account: LineAccount, numbered: Numbered, desk: Desk): Story {
  const { source } = account;
  const span: SourceSpan = { file: source.path, line: 1, column: 1, endLine: source.lineCount };
  const headings = headingsOf(account, source.lineCount);
  const status = statusOf(account, headings, desk);
  const draft = storyDraft(numbered, span, { status });
  draft.details = source.text.slice(lineStart(source, 2)).trim();
  account.mark(span, 'element', draft.key);
  for (const { line } of headings) account.mark({ line, endLine: line }, 'heading', draft.key);
  const criteria = criteriaSections(headings, source.lineCount).flatMap((stretch) =>
    criteriaIn(account, stretch, { key: draft.key, scope: draft.sourceId ?? '' }),
  );
  const boxes = storyBoxes(draft, account, { desk, criteria });
  const edges = Array.from({ length: Math.min(HEAD, source.lineCount) }, (_, index) => index + 1).flatMap((line) =>
    needsIn(lineText(source, line), draft, { at: { file: source.path, line, column: 1, endLine: line }, desk }),
  );
  draft.covers = [...criteria, ...boxes.criteria].map(({ key }) => ({ key }));
  return { numbered, draft, tasks: boxes.tasks, criteria: [...criteria, ...boxes.criteria], status, edges };
}

/** `Status: done`, or the line under `## Status`. */
function statusOf(account: LineAccount, headings: readonly Heading[], desk: Desk): WorkStatus | undefined {
  for (let line = 1; line <= Math.min(HEAD, account.source.lineCount); line++) {
    const words = STATUS.exec(lineText(account.source, line))?.[1];
    if (words !== undefined) return statusFrom(words, line, { account, desk });
  }
  const heading = headings.find(({ text }) =>
    /^(?:status|状态|狀態|ステータス|상태|estado|statut|durum)$/.test(normalWords(text)),
  );
  for (let line = (heading?.line ?? Infinity) + 1; line <= Math.min(account.source.lineCount, (heading?.line ?? 0) + 6); line++) {
    const words = plainText(lineText(account.source, line));
    if (words.startsWith('#')) return undefined;
    if (words !== '') return statusFrom(words, line, { account, desk });
  }
  return undefined;
}

function statusFrom(words: string, line: number, { account, desk }: { account: LineAccount; desk: Desk }): WorkStatus {
  const status = statusNamed(plainText(words));
  if (status !== undefined) return status;
  const message = `The status \`${plainText(words).slice(0, 60)}\` is not known; the story is taken as open.`;
  const hint = 'Write `backlog`, `ready-for-dev`, `in-progress`, `review` or `done`.';
  desk.diagnostics.report('SPEC_STATUS_UNKNOWN', { file: account.source.path, line, column: 1 }, { message, hint });
  return 'unknown';
}

/** From a heading that speaks of acceptance to the next of its level. */
function criteriaSections(headings: readonly Heading[], lineCount: number): Stretch[] {
  const first = headings.find(({ level, text }) => level >= 2 && says(text, 'acceptance') && !says(text, 'task'));
  if (first === undefined) return [];
  const next = headings.find(({ line, level }) => line > first.line && level <= first.level);
  return [{ from: first.line + 1, to: (next?.line ?? lineCount + 1) - 1 }];
}
