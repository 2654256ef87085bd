import type { Box } from '../model.ts';

/** `- [x]* text`: the mark between the brackets, whether it is starred as optional, and what follows. */
export interface Checkbox {
  /** Without blanks: an open box has an empty mark. */
  marker: string;
  optional: boolean;
  text: string;
}

/** List markers, also behind a heading's (`### - [x] T008`) or a quote's. */
const BULLET = /^[\t >]*(?:#{1,6}[\t ]+(?:[-*+][\t ]+)?|(?:(?:[-*+]|\d{1,9}[.)])[\t ]+){1,50})/;
/** One character at most between the brackets; `[x](…)`, `[x][…]` and `[x]: …` are links, `[1]` is a note. */
const BOX = /^\[[\t ]{0,3}([^\s\]\p{N}]?)[\t ]{0,3}\](?![([:])(\\?\*(?=\s|$))?/u;

/** The checkbox that a source line begins with, after its list markers; undefined where there is none. */
export function checkboxOf(line: string): Checkbox | undefined {
  const at = boxStart(line);
  return at === undefined ? undefined : checkboxIn(line.slice(at));
}

/** The checkbox that the text of a list item begins with. */
export function checkboxIn(text: string): Checkbox | undefined {
  const box = BOX.exec(text);
  if (box === null) return undefined;
  return { marker: box[1] ?? '', optional: box[2] !== undefined, text: text.slice(box[0].length).trim() };
}

/** Where the mark of a line's checkbox stands; undefined where there is no checkbox, or no room for a mark (`[]`). */
export function boxAt(text: string, line: number): Box | undefined {
  const start = boxStart(text);
  if (start === undefined) return undefined;
  const box = BOX.exec(text.slice(start))?.[0] ?? '';
  if (box.startsWith('[]')) return undefined;
  const inner = box.slice(1, box.indexOf(']', 1));
  return { line, column: start + 2 + (inner.trim() === '' ? 0 : inner.length - inner.trimStart().length) };
}

function boxStart(line: string): number | undefined {
  if (!line.includes('[')) return undefined;
  const bullet = BULLET.exec(line);
  return bullet !== null && BOX.test(line.slice(bullet[0].length)) ? bullet[0].length : undefined;
}

/** Whether a mark is one of those by which people say how far a task is; `[P]` is a label, not a mark. */
export function isStatusMark(marker: string): boolean {
  return !/^\p{L}$/u.test(marker) || /^[xX]$/.test(marker);
}
