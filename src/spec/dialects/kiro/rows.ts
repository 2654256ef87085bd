import type { Desk } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import type { Block, Verbatim } from '../../markdown/block.ts';
import { parseMarkdown } from '../../markdown/parse-markdown.ts';
import { plainText } from '../../markdown/passage.ts';
import { reportVerbatim } from '../../markdown/verbatim.ts';
import { isBlankLine, lineStart, lineText, type SourceText } from '../../source-text.ts';

/** A line that is read. These files are written line by line: how far a line is indented means less than the id it begins with. */
export interface Row {
  line: number;
  /** Columns before the text; a tab counts as four. */
  indent: number;
  /** Without blanks around it. */
  text: string;
  /** A blank line, or the beginning of the file, stands before it. */
  isFirst: boolean;
  heading?: { level: number; title: string };
  /** The code fence, quote or comment that begins here; its inside is not read. */
  block?: Verbatim;
}

export interface Rows {
  rows: Row[];
  /** Code fences, which may hold a graph of waves. */
  fences: Verbatim[];
}

/** The lines of a file outside of code fences, quotes and comments; those are accounted for by `onVerbatim`. */
export function rowsOf(
  account: LineAccount,
  desk: Desk,
  onVerbatim: (block: Verbatim, account: LineAccount, diagnostics: Desk['diagnostics']) => void = reportVerbatim,
): Rows {
  const { source } = account;
  const found = new Found();
  found.add(blocksOf(account, desk), true, account);
  for (const block of found.verbatim) onVerbatim(block, account, desk.diagnostics);
  for (const { lines } of found.headings.values()) account.mark(lines, 'heading');
  const rows: Row[] = [];
  for (let line = 1; line <= source.lineCount; line++) {
    const block = found.blocks.get(line);
    if ((found.taken.has(line) && block === undefined) || isBlankLine(source, line)) continue;
    const raw = lineText(source, line);
    const text = raw.trim();
    const row: Row = { line, indent: indentOf(raw), text, isFirst: line === 1 || isBlankLine(source, line - 1) };
    if (block !== undefined) rows.push({ ...row, block });
    const heading = block === undefined ? found.headings.get(line) : undefined;
    if (block === undefined)
      rows.push(heading === undefined ? row : { ...row, heading: { level: heading.level, title: heading.title } });
  }
  return { rows, fences: found.verbatim.filter(({ type }) => type === 'fence') };
}

/** More than these are no slips. */
const MAX_STRAY = 5;
/** A line that is no code. */
const WRITTEN = /^(?:#{1,6} \S|\s{0,12}[-*+] \[[ xX~-]?\])/m;

/** A fence that is never closed, and has headings or checkboxes after it, is a slip of the pen: what it would swallow is read. */
function blocksOf({ source }: LineAccount, { diagnostics }: Desk): Block[] {
  let text = source;
  for (let count = 0; ; count++) {
    const blocks = parseMarkdown(text);
    const { line } = openFence(blocks) ?? {};
    if (line === undefined || count === MAX_STRAY || !WRITTEN.test(text.text.slice(lineStart(text, line + 1)))) return blocks;
    const at = { file: source.path, line, column: 1 };
    const message = 'This code fence is never closed, and headings or checkboxes follow: they are read all the same.';
    diagnostics.report('SPEC_FENCE_OPEN', at, { message, hint: 'Close it by a line with the same marks, or remove it.' });
    text = withoutLine(text, line);
  }
}

/** Its characters are blanks then: every other place stays. */
function withoutLine(source: SourceText, line: number): SourceText {
  const start = lineStart(source, line);
  const { length } = lineText(source, line);
  return { ...source, text: source.text.slice(0, start) + ' '.repeat(length) + source.text.slice(start + length) };
}

function openFence(blocks: readonly Block[]): Verbatim | undefined {
  for (const block of blocks) {
    if (block.type === 'fence' && !block.closed) return block;
    const inside = block.type === 'list' ? openFence(block.items.flatMap((item) => item.blocks)) : undefined;
    if (inside !== undefined) return inside;
  }
  return undefined;
}

class Found {
  readonly verbatim: Verbatim[] = [];
  /** The same by their first lines. */
  readonly blocks = new Map<number, Verbatim>();
  readonly headings = new Map<number, { level: number; title: string; lines: { line: number; endLine: number } }>();
  /** Lines that are no rows. */
  readonly taken = new Set<number>();

  add(blocks: readonly Block[], isTop: boolean, account: LineAccount): void {
    for (const block of blocks) {
      if (block.type === 'list') for (const item of block.items) this.add(item.blocks, false, account);
      else if (block.type === 'heading' && isTop) {
        const title = plainText(block.text.text);
        this.headings.set(block.line, { level: block.level, title, lines: { line: block.line, endLine: block.endLine } });
        this.#take(block.line + 1, block.endLine);
      } else if (isUnread(block, account)) {
        this.verbatim.push(block);
        this.blocks.set(block.line, block);
        this.#take(block.line, block.endLine);
      }
    }
  }

  #take(from: number, to: number): void {
    for (let line = from; line <= to; line++) this.taken.add(line);
  }
}

/** Text that Markdown takes for indented code is but deeply indented here, and HTML other than a comment wraps what is written. */
function isUnread(block: Block, account: LineAccount): block is Verbatim {
  if (block.type === 'fence' || block.type === 'quote' || block.type === 'rule') return true;
  return block.type === 'html' && lineText(account.source, block.line).trimStart().startsWith('<!--');
}

function indentOf(raw: string): number {
  let columns = 0;
  for (const char of raw) {
    if (char === ' ') columns += 1;
    else if (char === '\t') columns += 4;
    else break;
  }
  return columns;
}
