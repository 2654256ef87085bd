import { counted } from '../../base/text.ts';
import type { Desk } from '../dialect.ts';
import type { LineAccount } from '../line-account.ts';
import { boxAt, checkboxOf, isStatusMark } from '../markdown/checkbox.ts';
import type { Box, WorkStatus } from '../model.ts';
import { isBlankLine, lineText } from '../source-text.ts';
import { isSettled, reportLegend, reportUnknownMark, statusOf } from './marks.ts';

/** A checkbox, read line by line: for files whose Markdown is mixed with other marks. */
export interface BoxLine {
  line: number;
  /** Last line of its text; what stands deeper under it is not part of it. */
  endLine: number;
  /** Columns before its bullet. */
  indent: number;
  text: string;
  status: WorkStatus;
  optional: boolean;
  box?: Box;
  /** Headings it stands under, outermost first. */
  headings: readonly string[];
}

const FENCE = /^[\t >]{0,40}(`{3,}(?=[^`]*$)|~{3,})/;
const HEADING = /^ {0,3}(#{1,6})[\t ]+(.*)$/;

/**
 * The checkboxes of some lines, each with the headings above it. Those in fences, quotes and comments are no tasks and are reported,
 * and so are letters in brackets, which are labels.
 */
export function boxLines(account: LineAccount, desk: Desk, { from = 1, to = account.source.lineCount } = {}): BoxLine[] {
  const found: BoxLine[] = [];
  const verbatim: number[] = [];
  const headings: { level: number; text: string }[] = [];
  const scan = new VerbatimScan();
  for (let line = from; line <= to; line++) {
    const text = lineText(account.source, line);
    const isInside = scan.isInside(text);
    const heading = isInside ? null : HEADING.exec(text);
    if (heading !== null) enter(headings, heading[1]?.length ?? 1, heading[2] ?? '');
    if (!account.isOpenCheckbox(line)) continue;
    if (isInside || /^\s*>/.test(text)) verbatim.push(line);
    else found.push(...boxOn(line, { account, desk, to, headings: headings.map((each) => each.text.trim()) }));
  }
  reportVerbatimBoxes(verbatim, account, desk);
  return found;
}

/** Follows fences and comments from line to line. */
class VerbatimScan {
  #fence: string | undefined;
  #inComment = false;

  /** Whether a line, the next one, is part of a fence or a comment; those that open and close are. */
  isInside(text: string): boolean {
    if (this.#fence !== undefined) {
      const closing = text.trim();
      if (closing.startsWith(this.#fence) && closing.replaceAll(this.#fence.charAt(0), '') === '') this.#fence = undefined;
      return true;
    }
    if (this.#inComment) {
      this.#inComment = !text.includes('-->');
      return true;
    }
    this.#fence = FENCE.exec(text)?.[1];
    this.#inComment = this.#fence === undefined && text.lastIndexOf('<!--') > text.lastIndexOf('-->');
    return this.#fence !== undefined;
  }
}

function enter(headings: { level: number; text: string }[], level: number, text: string): void {
  while ((headings.at(-1)?.level ?? 0) >= level) headings.pop();
  headings.push({ level, text });
}

function boxOn(line: number, where: { account: LineAccount; desk: Desk; to: number; headings: readonly string[] }): BoxLine[] {
  const { account, desk, to, headings } = where;
  const raw = lineText(account.source, line);
  const checkbox = checkboxOf(raw);
  if (checkbox === undefined) return [];
  const at = { file: account.source.path, line, column: raw.indexOf('[') + 1 };
  if (!isStatusMark(checkbox.marker)) {
    account.settleCheckbox(line, 'diagnostic');
    reportLegend(checkbox.marker, at, desk.diagnostics);
    return [];
  }
  const status = statusOf(checkbox.marker);
  if (status === 'unknown') reportUnknownMark(checkbox.marker, at, desk.diagnostics);
  const indent = indentOf(raw);
  const { text, endLine } = wholeText(checkbox.text, { account, line, to, indent });
  const found: BoxLine = { line, endLine, indent, text, status, optional: checkbox.optional, headings };
  const box = boxAt(raw, line);
  return [box === undefined ? found : { ...found, box }];
}

function indentOf(text: string): number {
  const blanks = /^[\t ]*/.exec(text)?.[0] ?? '';
  return blanks.replaceAll('\t', '    ').length;
}

/** Longer texts are cut; nobody writes them. */
const MAX_LINES = 40;

/** A box's text with the indented lines that go on with it. */
function wholeText(
  head: string,
  { account, line, to, indent }: { account: LineAccount; line: number; to: number; indent: number },
): { text: string; endLine: number } {
  const parts = [head];
  let endLine = line;
  while (endLine < Math.min(to, line + MAX_LINES) && !isBlankLine(account.source, endLine + 1)) {
    const next = lineText(account.source, endLine + 1);
    if (indentOf(next) <= indent || /^\s*(?:[-*+]\s|\d{1,9}[.)]\s|#{1,6}\s|[<`~>|])/.test(next)) break;
    parts.push(next.trim());
    endLine += 1;
  }
  return { text: parts.filter((part) => part !== '').join(' '), endLine };
}

function reportVerbatimBoxes(lines: readonly number[], account: LineAccount, { diagnostics }: Desk): void {
  const [first] = lines;
  if (first === undefined) return;
  for (const line of lines) account.settleCheckbox(line, 'diagnostic');
  const message = `${counted(lines.length, 'checkbox', 'checkboxes')} in code, quotes or comments of this file, from this line on, are no tasks.`;
  const hint = 'Take them out of the block if they are.';
  diagnostics.report('SPEC_BLOCK_IGNORED', { file: account.source.path, line: first, column: 1 }, { message, hint });
}

/** The status of a part: that of its whole, once that is settled. */
export function partStatus(own: WorkStatus, whole: WorkStatus): WorkStatus {
  return isSettled(whole) ? (isSettled(own) ? own : whole) : own;
}
