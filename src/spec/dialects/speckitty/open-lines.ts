import type { DiagnosticList } from '../../diagnostic-list.ts';
import type { LineAccount } from '../../line-account.ts';
import { lineText } from '../../source-text.ts';

export interface OpenLine {
  line: number;
  text: string;
  /** Level and words of a heading. */
  heading?: { level: number; title: string };
}

const FENCE = /^[\t ]*(?:>[\t ]*)?(`{3,}|~{3,})/;

/** The lines of a Markdown file that stand in no code fence; fences are marked as documents, headings as such. */
export function openLines(account: LineAccount, after: number, diagnostics: DiagnosticList): OpenLine[] {
  const { source } = account;
  const found: OpenLine[] = [];
  let fence: { mark: string; line: number } | undefined;
  for (let line = after + 1; line <= source.lineCount; line++) {
    const text = lineText(source, line);
    const mark = FENCE.exec(text)?.[1];
    if (fence !== undefined || mark !== undefined) account.mark({ line, endLine: line }, 'document');
    if (fence === undefined && mark === undefined) found.push(openLine(account, line, text));
    else if (fence === undefined && mark !== undefined) fence = { mark, line };
    else if (fence !== undefined && mark?.startsWith(fence.mark) === true && text.trim() === mark) fence = undefined;
  }
  if (fence !== undefined) {
    const message = 'This code fence is never closed: all lines after it are code.';
    const place = { file: source.path, line: fence.line, column: 1 };
    diagnostics.report('SPEC_FENCE_OPEN', place, { message, hint: 'Close it by a line with the same marks.' });
  }
  return found;
}

function openLine(account: LineAccount, line: number, text: string): OpenLine {
  const [, marks, words] = /^\s{0,3}(#{1,6})\s(.*)$/.exec(text) ?? [];
  if (marks === undefined || words === undefined) return { line, text };
  const title = words.trim();
  account.mark({ line, endLine: line }, 'heading');
  return { line, text, heading: { level: marks.length, title } };
}
