import type { Desk, Reading } from '../../dialect.ts';
import { readDocuments } from '../../documents/read-documents.ts';
import { isMarkdown, type LineAccount } from '../../line-account.ts';
import { passOver, passOverByContent } from '../../work/pass-over.ts';
import { settleRest } from '../../work/settle-rest.ts';
import { HEAD, isSprintStatus } from './claims.ts';
import { readSprintStatus } from './sprint-status.ts';
import { isEpics, readEpics } from './read-epics.ts';
import { readStory, storyOfFile } from './read-story.ts';
import { storyInName } from './story-number.ts';
import { StoryBook } from './story-book.ts';
import { StoryFiles } from './story-files.ts';

/** Reads epics, stories and the sprint. */
export async function read(desk: Desk): Promise<Reading> {
  const book = new StoryBook(desk.diagnostics);
  const documents: LineAccount[] = [];
  const sprint = desk.accounts
    .filter(({ source }) => isSprintStatus(source.path))
    .flatMap((account) => readSprintStatus(account, desk));
  book.addSprint(sprint);
  const files = new StoryFiles(sprint, desk.bundle);
  for (const account of desk.accounts) {
    const { path } = account.source;
    if (isSprintStatus(path)) continue;
    if (isMarkdown(path)) readMarkdown(account, { desk, book, files });
    else documents.push(account);
  }
  const drafts = await readDocuments(documents, desk);
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
