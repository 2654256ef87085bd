import type { Desk, Reading } from '../../dialect.ts';
import { readDocuments } from '../../documents/read-documents.ts';
import { isMarkdown, type LineAccount } from '../../line-account.ts';
import type { Bundle } from '../../read-bundle.ts';
import { passOver } from '../../work/pass-over.ts';
import { BEADS_FOLDER, LINES } from './claims.ts';
import { beginsWithIssue, issueLinesOf } from './issue-lines.ts';
import { IssueReader } from './issue-reader.ts';

/** Newest first: what the tool called its export, and then anything else that holds issues. */
const EXPORTS = ['issues.jsonl', 'beads.jsonl'];
/** What a merge or a backup leaves behind: the same issues once more. */
const COPY = /\.(?:base|left|right|orig|bak)\.jsonl$|(?:^|\/)backup\//i;

/** Reads the issues of each folder. */
export async function read(desk: Desk): Promise<Reading> {
  const documents: LineAccount[] = [];
  const exports: LineAccount[] = [];
  for (const account of desk.accounts) {
    const { path } = account.source;
    if (isMarkdown(path)) passOver(account, 'tells of the issues');
    else if (LINES.test(path)) exports.push(account);
    else if (BEADS_FOLDER.test(path) || /(?:^|\/)(?:metadata\.json|config\.ya?ml)$/.test(path))
      account.mark(wholeOf(account), 'document');
    else documents.push(account);
  }
  const readers = readFolders(exports, desk);
  const tasks = readers.flatMap((reader) => reader.tasks);
  const edges = readers.flatMap((reader) => reader.edges);
  const file = tasks[0]?.source.file ?? desk.accounts[0]?.source.path ?? '';
  if (tasks.length === 0) reportNoExport(exports[0]?.source.path, desk);
  const source = { file, line: 1, column: 1, endLine: 1 };
  return {
    folderName: projectOf(desk.bundle),
    source,
    outsideParties: [],
    drafts: await readDocuments(documents, desk),
    namesRepeat: true,
    work: { tasks, requirements: [], edges },
  };
}

/** The name of the bundle, or of the folder around it where it is the tool's own. */
function projectOf({ name, root }: Bundle): string {
  const folders = root.split(/[/\\]/).filter((folder) => folder !== '');
  if (name !== '.beads' && folders.at(-1) !== '.beads') return name;
  return folders.findLast((folder) => folder !== '.beads') ?? name;
}

function wholeOf({ source }: LineAccount): { line: number; endLine: number } {
  return { line: 1, endLine: source.lineCount };
}

function readFolders(exports: readonly LineAccount[], desk: Desk): IssueReader[] {
  const folders = Map.groupBy(exports, ({ source }) => source.path.replace(/(?:backup\/)?[^/]*$/, ''));
  return [...folders].map(([folder, accounts]) => {
    const reader = new IssueReader(folders.size === 1 ? '' : folder.replace(/\/?\.beads\/$/, '') || '.', desk.diagnostics);
    const chosen = chosenExport(accounts);
    for (const account of accounts) if (account !== chosen) passOverLines(account, desk);
    if (chosen !== undefined) reader.read(issueLinesOf(chosen, desk));
    return reader;
  });
}

/** The one file of a folder that holds its issues; logs and copies of it lie beside it. */
function chosenExport(accounts: readonly LineAccount[]): LineAccount | undefined {
  const isNamed = (account: LineAccount, name: string): boolean => account.source.path.split('/').at(-1) === name;
  const named = EXPORTS.flatMap((name) =>
    accounts.filter((account) => isNamed(account, name) && !COPY.test(account.source.path)),
  );
  const filled = [...named, ...accounts.filter(({ source }) => !COPY.test(source.path)), ...accounts];
  return (
    filled.find(({ source }) => beginsWithIssue(source.text)) ??
    named.find(({ source }) => source.lineCount > 0) ??
    (accounts.length === 1 ? accounts[0] : undefined)
  );
}

function passOverLines(account: LineAccount, { diagnostics }: Desk): void {
  account.mark(wholeOf(account), 'document');
  if (account.source.lineCount === 0) return;
  const message = `${account.source.path} is a log or a copy, and is not read.`;
  const hint = 'Name the file itself if it holds the issues you mean.';
  diagnostics.report('SPEC_DOCUMENT_IGNORED', { file: account.source.path, line: 1, column: 1 }, { message, hint });
}

function reportNoExport(exported: string | undefined, { accounts, diagnostics }: Desk): void {
  const message =
    exported === undefined
      ? 'The issues are in a database of beads, which is not read: there is no export of them.'
      : `There is no issue in ${exported}: beads keeps issues in a database, and exports them when asked.`;
  diagnostics.report(
    'SPEC_EXPORT_MISSING',
    { file: exported ?? accounts[0]?.source.path ?? '', line: 1, column: 1 },
    { message, hint: 'Run `bd export > .beads/issues.jsonl`, and name the folder again.' },
  );
}
