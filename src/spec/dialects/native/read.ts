import type { Desk, Reading } from '../../dialect.ts';
import { readDocument } from '../../documents/read-document.ts';
import { readFrontMatter } from '../../documents/front-matter.ts';
import { isMarkdown, type LineAccount } from '../../line-account.ts';
import { walkMarkdown } from '../../markdown/parse-markdown.ts';
import { isContextFile } from './context-file.ts';
import { passOver } from '../../work/pass-over.ts';
import { FileReader } from './file-reader.ts';

/** Reads sections of labelled bullets, and documents beside them. */
export function read(desk: Desk): Reading {
  const first = desk.accounts.find((account) => account.source.lineCount > 0)?.source.path ?? '';
  const reading: Reading = { source: { file: first, line: 1, column: 1, endLine: 1 }, outsideParties: [], drafts: [] };
  const markdownFiles = desk.accounts.filter((account) => isMarkdown(account.source.path));
  const isSpecification = (account: LineAccount): boolean => markdownFiles.length === 1 || !isContextFile(account.source.path);
  const anySpecification = markdownFiles.some(isSpecification);
  for (const account of desk.accounts) {
    if (!isMarkdown(account.source.path)) {
      for (const draft of readDocument(account, desk, { wanted: true })) reading.drafts.push(draft);
    } else if (isSpecification(account) || !anySpecification) readMarkdown(account, { desk, reading });
    else passOver(account);
  }
  return reading;
}

function readMarkdown(account: LineAccount, { desk, reading }: { desk: Desk; reading: Reading }): void {
  const { lineCount, outsideParties, ...matter } = readFrontMatter(account.source, desk.diagnostics);
  account.mark({ line: 1, endLine: lineCount }, 'document');
  const file = new FileReader(account, desk.diagnostics);
  walkMarkdown(account.source, lineCount, file);
  file.end();
  for (const draft of file.drafts) reading.drafts.push(draft);
  const title = matter.title ?? file.title?.text;
  if (reading.title === undefined && title !== undefined) {
    reading.title = title;
    reading.source = file.title?.source ?? { ...reading.source, file: account.source.path };
  }
  if (matter.id !== undefined) reading.id ??= matter.id;
  if (matter.version !== undefined) reading.version ??= matter.version;
  if (matter.schemaBase !== undefined) reading.schemaBase ??= matter.schemaBase;
  reading.outsideParties = [...reading.outsideParties, ...outsideParties];
}
