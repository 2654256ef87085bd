import type { Place } from '../source-text.ts';

/** Running text: its lines joined by single blanks, and where each of them stands in the source. */
export interface Passage {
  text: string;
  file: string;
  /** Ascending, never empty. */
  marks: readonly Mark[];
}

/** What is at offset `at` of the passage's text stands at `line` and `column` of the file. */
export interface Mark {
  at: number;
  line: number;
  column: number;
}

/** The source place of an offset in the passage's text. */
export function placeIn(passage: Passage, at = 0): Place {
  const mark = passage.marks[Math.max(0, marksBefore(passage, at + 1) - 1)];
  return { file: passage.file, line: mark?.line ?? 1, column: (mark?.column ?? 1) + Math.max(0, at - (mark?.at ?? 0)) };
}

/** How many marks stand before an offset, by binary search: passages may have a hundred thousand lines. */
function marksBefore(passage: Passage, at: number): number {
  let low = 0;
  let high = passage.marks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((passage.marks[middle]?.at ?? at) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The part from `from` to `to`, without blanks around it. */
export function passageSlice(passage: Passage, from: number, to = passage.text.length): Passage {
  if (passage.marks.length === 1) return lineSlice(passage, from, to);
  const text = passage.text.slice(from, to);
  const start = from + text.length - text.trimStart().length;
  const { line, column } = placeIn(passage, start);
  const inside = passage.marks.slice(marksBefore(passage, start + 1), marksBefore(passage, to));
  const marks = [{ at: 0, line, column }, ...inside.map((mark) => ({ ...mark, at: mark.at - start }))];
  return { text: text.trim(), file: passage.file, marks };
}

/** The common case: a passage of one line. */
function lineSlice(passage: Passage, from: number, to: number): Passage {
  const head = passage.text.slice(from, to).trimEnd();
  const text = head.trimStart();
  const { line, column } = placeIn(passage, from + head.length - text.length);
  return { text, file: passage.file, marks: [{ at: 0, line, column }] };
}

/** One passage of several, joined by `separator`. */
export function joinPassages(passages: readonly Passage[], separator: string): Passage | undefined {
  const [first, ...rest] = passages;
  if (first === undefined || rest.length === 0) return first;
  const marks = [...first.marks];
  const texts = [first.text];
  let length = first.text.length;
  for (const next of rest) {
    const shift = length + separator.length;
    for (const mark of next.marks) marks.push({ ...mark, at: mark.at + shift });
    texts.push(next.text);
    length = shift + next.text.length;
  }
  return { text: texts.join(separator), file: first.file, marks };
}

const SEPARATORS = new Set([',', ';', '、', '，', '；']);

/** The entries of a written list: split at commas and semicolons that stand outside of code spans and parentheses. */
export function listEntries(passage: Passage): Passage[] {
  const cuts = cutsIn(passage.text, true) ?? cutsIn(passage.text, false) ?? [];
  const bounds = [-1, ...cuts, passage.text.length];
  return bounds
    .slice(1)
    .map((to, index) => withoutJoiner(passageSlice(passage, (bounds[index] ?? -1) + 1, to)))
    .filter((entry) => entry.text !== '');
}

/** Offsets of the separators; undefined where parentheses are respected and one stays open. */
function cutsIn(text: string, respectParentheses: boolean): number[] | undefined {
  const cuts: number[] = [];
  let inCode = false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '`') inCode = !inCode;
    else if (inCode) continue;
    else if (char === '(' || char === '（') depth += 1;
    else if (char === ')' || char === '）') depth = Math.max(0, depth - 1);
    else if (SEPARATORS.has(char) && (depth === 0 || !respectParentheses)) cuts.push(at);
  }
  return respectParentheses && depth > 0 ? undefined : cuts;
}

/** Takes the `and` off the last entry of `a, b, and c`, and the full stop off its end. */
function withoutJoiner(entry: Passage): Passage {
  const joiner = /^(?:and|or|&)\s+/i.exec(entry.text);
  const end = /[.。]$/.test(entry.text) ? entry.text.length - 1 : entry.text.length;
  return joiner === null && end === entry.text.length ? entry : passageSlice(entry, joiner?.[0].length ?? 0, end);
}

/** Underscores within words, as in `test/__mocks__/a.ts`, are no emphasis. */
const EMPHASIS = /\*\*|(?<![\p{L}\p{N}_/])__(?=[^\s_])|(?<=[^\s_/])__(?![\p{L}\p{N}_/])/gu;

/** Text as people read it: without the marks of emphasis, blanks collapsed. Code spans keep their backticks. */
export function plainText(text: string): string {
  const parts = text.includes('`') ? text.split(/(`[^`]*`)/) : [text];
  const bare = parts.map((part, index) => (index % 2 === 1 ? part : part.replace(EMPHASIS, '')));
  return bare.join('').replace(/\s+/g, ' ').trim();
}
