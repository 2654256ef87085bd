/** Stretches of a file that are no Markdown of its own: code fences, and comments that begin a line. Lines count from 1. */
export interface Masked {
  type: 'fence' | 'html';
  line: number;
  endLine: number;
  language: string;
  /** False where the end of the file ended it. */
  closed: boolean;
}

const FENCE = /^\s{0,100}((?:>\s?|[-*+]\s{1,20}){0,5})(`{3,}(?!`)|~{3,}(?!~))([^`]*)$/;
const CLOSING = /^\s*(`{3,}|~{3,})\s*$/;
const QUOTE = /^\s*(?:>\s?)+/;
const COMMENT = /^\s*<!--/;

/** The masked stretches of a file, in order. */
export function maskedIn(lines: readonly string[]): Masked[] {
  const found: Masked[] = [];
  const lastComment = lines.findLastIndex((text) => text.includes('-->'));
  for (let at = 0; at < lines.length; at++) {
    const text = lines[at] ?? '';
    const fence = FENCE.exec(text);
    const end = fence === null ? commentEnd(lines, at, lastComment) : fenceEnd(lines, at, fence);
    if (end === undefined) continue;
    const language = fence?.[3]?.trim().split(/\s/, 1)[0]?.toLowerCase() ?? '';
    const endLine = Math.min(end + 1, lines.length);
    found.push({ type: fence === null ? 'html' : 'fence', line: at + 1, endLine, language, closed: end < lines.length });
    at = end;
  }
  return found;
}

/** True for each line (from 0) that is masked. */
export function maskOf(lines: readonly string[], masked: readonly Masked[] = maskedIn(lines)): boolean[] {
  const mask = Array.from({ length: lines.length }, () => false);
  for (const { line, endLine } of masked) mask.fill(true, line - 1, endLine);
  return mask;
}

/** A fence ends at a mark of its own kind that is at least as long, and with the quote that it stands in; `lines.length` if there is no end. */
function fenceEnd(lines: readonly string[], from: number, [, before = '', mark = '']: RegExpExecArray): number {
  const isQuoted = before.includes('>');
  for (let at = from + 1; at < lines.length; at++) {
    const text = lines[at] ?? '';
    if (isQuoted && !QUOTE.test(text)) return at - 1;
    const closing = CLOSING.exec(isQuoted ? text.replace(QUOTE, '') : text)?.[1];
    if (closing !== undefined && closing.startsWith(mark)) return at;
  }
  return lines.length;
}

/** A comment that is never closed is taken for its first line only: nobody hides the rest of a file on purpose. */
function commentEnd(lines: readonly string[], from: number, last: number): number | undefined {
  if (!COMMENT.test(lines[from] ?? '')) return undefined;
  for (let at = from; at <= last; at++) if ((lines[at] ?? '').includes('-->')) return at;
  return from;
}
