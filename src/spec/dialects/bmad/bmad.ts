import type { Desk, Dialect, Reading } from '../../dialect.ts';
import { readDocument } from '../../documents/read-document.ts';
import { isMarkdown, type LineAccount } from '../../line-account.ts';
import type { Bundle } from '../../read-bundle.ts';
import { passOver, passOverByContent } from '../../work/pass-over.ts';
import { settleRest } from '../../work/settle-rest.ts';
import { isSprintStatus } from './claims.ts';
import { readSprintStatus } from './sprint-status.ts';
import { isEpics, readEpics } from './read-epics.ts';
import { readStory, storyOfFile } from './read-story.ts';
import { EPIC_CODE, storyInName } from './story-number.ts';
import { StoryBook } from './story-book.ts';
import { StoryFiles } from './story-files.ts';

/** BMAD: epics, stories with criteria and tasks, and the status of the sprint. */
export const bmad: Dialect = { name: 'bmad', recognises, read };

const HEAD = 2000;

const NUMBER = String.raw`Story:?[\t ]+(?:\d{1,4}|${EPIC_CODE})[.-]S?\d`;
const STORY = new RegExp(String.raw`^#[\t ]+${NUMBER}`, 'im');
const STORY_OF_EPIC = new RegExp(String.raw`^#{2,4}[\t ]+${NUMBER}`, 'im');

function recognises({ files }: Bundle): boolean {
  return files.some(({ path, text }) => {
    if (isSprintStatus(path)) return /^development_status[\t ]*:/m.test(text);
    return isMarkdown(path) && (isStoryText(text) || isCodedStory(text, path) || isEpicsText(text, path));
  });
}

function isStoryText(text: string): boolean {
  return STORY.test(text.slice(0, HEAD)) && /^#{2,3}[\t ]+[^\n]{0,20}(?:Acceptance Criteria|Tasks)/im.test(text);
}

/** `MU-S01.md` with the heading `# MU-S01: …`. */
function isCodedStory(text: string, path: string): boolean {
  const code = /(?:^|\/)([A-Z]{1,8}\d{0,3}-S\d{1,3})(?![^/]*\/)[^/]*\.md$/i.exec(path)?.[1];
  return (
    code !== undefined && text.slice(0, HEAD).includes(`# ${code}`) && /^#{2,3}[\t ]+[^\n]{0,20}Acceptance Criteria/im.test(text)
  );
}

/** Epics are everybody's word: only files called so, with numbered epics and numbered stories in them. */
function isEpicsText(text: string, path: string): boolean {
  return (
    /epics?[^/]*\.md$|(?:^|\/)epics?\//i.test(path) &&
    /^#{1,3}[\t ]+Epic[\t ]+(?:\d|[A-Z]{1,8}\d{0,3}\b)/im.test(text) &&
    STORY_OF_EPIC.test(text)
  );
}

function read(desk: Desk): Reading {
  const book = new StoryBook(desk.diagnostics);
  const drafts: Reading['drafts'] = [];
  const sprint = desk.accounts
    .filter(({ source }) => isSprintStatus(source.path))
    .flatMap((account) => readSprintStatus(account, desk));
  book.addSprint(sprint);
  const files = new StoryFiles(sprint, desk.bundle);
  for (const account of desk.accounts) {
    const { path } = account.source;
    if (isSprintStatus(path)) continue;
    if (isMarkdown(path)) readMarkdown(account, { desk, book, files });
    else drafts.push(...readDocument(account, desk));
  }
  return { ...titleOf(desk), outsideParties: [], drafts, work: book.reading(), namesRepeat: true };
}

interface Place {
  desk: Desk;
  book: StoryBook;
  files: StoryFiles;
}

function readMarkdown(account: LineAccount, { desk, book, files }: Place): void {
  const story = isInstalled(account.source.path) ? undefined : storyOfFile(account);
  if (story !== undefined && files.isAbout(account.source.path, story))
    return passOverByContent(account, 'is written about a story that has a file of its own');
  if (story !== undefined) return book.addStory(readStory(account, story, desk));
  const why = 'is neither a story nor a list of epics';
  if (isInstalled(account.source.path)) return passOver(account, why);
  if (isEpics(account)) {
    book.addEpics(readEpics(account, desk));
    return settleRest(account, desk);
  }
  if (cannotBeStory(account.source.path)) passOver(account, why);
  else passOverByContent(account, why);
}

/** Where the method itself is installed, with its templates and examples. */
function isInstalled(path: string): boolean {
  return /(?:^|\/)(?:_bmad|bmad)\/(?:core|bmm|bmb|cis|_cfg|_config|tea|custom)\//i.test(path);
}

/** By its name alone: it matters where a file is no text. */
function cannotBeStory(path: string): boolean {
  return storyInName(path) === undefined && !/epic|stor(?:y|ies)|sprint|prd/i.test(path);
}

/** Name of the project: from the sprint, else from the title of the epics. */
function titleOf({ accounts }: Desk): Pick<Reading, 'title' | 'source'> {
  for (const { source } of accounts) {
    if (!isSprintStatus(source.path) && !/epic/i.test(source.path)) continue;
    const found = isSprintStatus(source.path)
      ? /^(?:# )?project:[\t ]*['"]?([^'"\n#]{1,100})/m.exec(source.text)
      : /^# ([^\n]{1,100}?)[\t ]+[-–—][\t ]+Epics?\b/im.exec(source.text.slice(0, HEAD));
    if (found?.[1] === undefined || found[1].includes('{')) continue;
    const line = source.text.slice(0, found.index).split('\n').length;
    return { title: found[1].trim(), source: { file: source.path, line, column: 1, endLine: line } };
  }
  return { source: { file: accounts[0]?.source.path ?? '', line: 1, column: 1, endLine: 1 } };
}
