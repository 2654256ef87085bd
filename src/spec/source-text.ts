import type { BundleFile } from './read-bundle.ts';

/** A point in a file; lines and columns count from 1. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

/** A file with its lines: everything that reads source asks here for places. Line ends are LF, whatever they were on disk. */
export interface SourceText {
  path: string;
  text: string;
  /** Offset of each line's first character. */
  starts: readonly number[];
  /** A trailing line end ends the last line; it does not begin another. */
  lineCount: number;
}

export function sourceText(file: BundleFile): SourceText {
  const text = file.text.includes('\r') ? file.text.replace(/\r\n?/g, '\n') : file.text;
  const starts = text === '' ? [] : [0];
  for (let at = text.indexOf('\n'); at !== -1 && at + 1 < text.length; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return { path: file.path, text, starts, lineCount: starts.length };
}

/** Offset of a line's first character; the end of the text for lines after the last. */
export function lineStart(source: SourceText, line: number): number {
  return source.starts[line - 1] ?? source.text.length;
}

/** A line without its end. */
export function lineText(source: SourceText, line: number): string {
  const { text } = source;
  let end = line < source.lineCount ? lineStart(source, line + 1) - 1 : text.length;
  if (end > 0 && line >= source.lineCount && text.charCodeAt(end - 1) === 0x0a) end -= 1;
  return text.slice(lineStart(source, line), end);
}

export function isBlankLine(source: SourceText, line: number): boolean {
  for (let at = lineStart(source, line), end = lineStart(source, line + 1); at < end; at++) {
    const code = source.text.charCodeAt(at);
    // Most lines say so by their first letter; blanks of other scripts are rare, and `trim` knows them.
    if (code > 0x20 && code < 0x80) return false;
    if (code >= 0x80) return lineText(source, line).trim() === '';
    if (code !== 0x20 && (code < 0x09 || code > 0x0d)) return false;
  }
  return true;
}

/** The place of an offset, by binary search. */
export function placeAt(source: SourceText, offset: number): Place {
  let low = 0;
  let high = source.starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((source.starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { file: source.path, line: low + 1, column: offset - (source.starts[low] ?? 0) + 1 };
}
