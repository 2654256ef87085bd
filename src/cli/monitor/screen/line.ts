import { printable } from '../../printable.ts';
import type { Paint } from '../../screen.ts';
import { displayWidth, shortened } from '../../table.ts';

/** How a stretch of text looks; without colour, nothing of it is lost that the words and marks do not say. */
export type Tone = keyof Paint;

export interface Piece {
  readonly text: string;
  readonly tone?: Tone | undefined;
}

/** One row of the screen. */
export type Line = readonly Piece[];

/** The one way by which text comes to the screen: on one line, and nothing in it that a terminal would obey. */
export function piece(text: string, tone?: Tone): Piece {
  const clean = printable(text).replaceAll(/[\n\t]/g, ' ');
  return tone === undefined ? { text: clean } : { text: clean, tone };
}

export function widthOf(line: Line): number {
  return line.reduce((sum, { text }) => sum + displayWidth(text), 0);
}

/** Exactly `width` columns: cut with `…`, or filled with blanks. */
export function fitted(line: Line, width: number): Line {
  if (width <= 0) return [];
  const pieces: Piece[] = [];
  let left = width;
  for (const each of line) {
    const wide = displayWidth(each.text);
    if (wide <= left) {
      pieces.push(each);
      left -= wide;
      continue;
    }
    const cut = left === 0 ? '' : shortened(each.text, left);
    pieces.push({ ...each, text: cut });
    left -= displayWidth(cut);
    break;
  }
  return left > 0 ? [...pieces, { text: ' '.repeat(left) }] : pieces;
}

/** `left` and, as far as there is room beside it, `right` at the right edge. */
export function spread(left: Line, right: Line, width: number): Line {
  const room = width - widthOf(right) - 1;
  return room < 8 ? fitted(left, width) : [...fitted(left, room), { text: ' ' }, ...right];
}

/** `text` in lines of at most `width` columns; broken between words where that is possible. */
export function wrapped(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => wrappedLine(line.replaceAll('\t', '  '), Math.max(4, width)));
}

function wrappedLine(line: string, width: number): string[] {
  const lines: string[] = [];
  let rest = line;
  while (displayWidth(rest) > width) {
    const head = headOf(rest, width);
    const blank = head.lastIndexOf(' ');
    const end = blank > width / 2 ? blank : head.length;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}

/** As much of the beginning as fits, and at least one character. */
function headOf(text: string, width: number): string {
  let head = '';
  let used = 0;
  for (const character of text) {
    used += displayWidth(character);
    if (used > width && head !== '') break;
    head += character;
  }
  return head;
}

export function lineText(line: Line, paint: Paint): string {
  return line.map(({ text, tone }) => (tone === undefined || text === '' ? text : paint[tone](text))).join('');
}
