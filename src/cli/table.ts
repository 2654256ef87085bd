import { oneLine } from './printable.ts';
import type { Screen } from './screen.ts';

export interface Column {
  title: string;
  /** Marks up a cell of this column, after it has been cut and padded. */
  paint?: (text: string, row: number) => string;
  /** Cut last, however narrow the terminal: ids. */
  keep?: boolean;
}

const GAP = '  ';
const NARROWEST = 6;

/** Aligned columns with a heading. On a narrow terminal the widest columns are cut with `…`; in a file nothing is. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], { width, paint }: Screen): string {
  const cells = rows.map((row) => columns.map((_, index) => oneLine(row[index] ?? '')));
  const titles = columns.map(({ title }) => title.toUpperCase());
  const widths = fitted(columns, [titles, ...cells], width);
  const heading = lineOf(titles, widths, (text) => paint.dim(text));
  const body = cells.map((row, at) => lineOf(row, widths, (text, index) => columns[index]?.paint?.(text, at) ?? text));
  return [heading, ...body].map((line) => `${line}\n`).join('');
}

function lineOf(row: readonly string[], widths: readonly number[], mark: (text: string, index: number) => string): string {
  const last = row.length - 1;
  return row
    .map((text, index) => mark(sized(text, widths[index] ?? 0, index < last), index))
    .join(GAP)
    .trimEnd();
}

function sized(text: string, width: number, pad: boolean): string {
  const cut = shortened(text, width);
  return pad ? cut + ' '.repeat(Math.max(0, width - displayWidth(cut))) : cut;
}

function fitted(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): number[] {
  const widths = columns.map((_, index) => Math.max(...rows.map((row) => displayWidth(row[index] ?? ''))));
  const room = width - GAP.length * (columns.length - 1);
  while (sum(widths) > room) {
    const widest = widestOf(widths, (index) => columns[index]?.keep !== true) ?? widestOf(widths, () => true);
    if (widest === undefined) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function widestOf(widths: readonly number[], may: (index: number) => boolean): number | undefined {
  let widest: number | undefined;
  for (const [index, width] of widths.entries()) {
    if (width > NARROWEST && may(index) && (widest === undefined || width > (widths[widest] ?? 0))) widest = index;
  }
  return widest;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** `text`, cut to `width` columns with `…`. */
export function shortened(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let cut = '';
  let used = 1;
  for (const character of text) {
    used += displayWidth(character);
    if (used > width) break;
    cut += character;
  }
  return `${cut}…`;
}

const NARROW = /^[\u0020-\u02ff\u2010-\u2027\u2500-\u25ff]*$/;
const ZERO = /\p{Mark}|\u200b|\u200d|\ufe0f/u;
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** Columns a terminal needs for a text on one line (Unicode TR 11: East Asian characters take two). */
export function displayWidth(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += ZERO.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}
