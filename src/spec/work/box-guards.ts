import { type Digest, sha256 } from '../../base/digest.ts';
import type { BundleFile } from '../read-bundle.ts';
import type { Specification, WorkElement } from '../model.ts';
import { lineStart, lineText, type SourceText, sourceText } from '../source-text.ts';

/** A checkbox as it was when the bundle was read: what must still be so for its mark to be written. */
export interface BoxGuard {
  /** Relative to the bundle's root, with `/`. */
  file: string;
  /** Place of the mark, from 1; columns in UTF-16 code units. */
  line: number;
  column: number;
  /** Digest of the line without its end. */
  digest: Digest;
  /** Digest of the whole text, if the line stands in it more than once: then a line cannot be told from its like. */
  whole?: Digest;
}

/** The boxes of tasks that are open, by the task's id; instead of a box, why it cannot be ticked. */
export type BoxGuards = ReadonlyMap<string, BoxGuard | string>;

/** What a box may hold for one byte to close it: nothing, or a sign of work under way. */
const OPEN_MARK = /^[\t \x21-\x7e]$/;

/** Looks every task of the source up in the text that it was read from. */
export function boxGuards({ elements }: Pick<Specification, 'elements'>, files: readonly BundleFile[]): BoxGuards {
  const texts = new Map(files.map((file) => [file.path, file]));
  const sources = new Map<string, Counted>();
  const guards = new Map<string, BoxGuard | string>();
  for (const element of elements) {
    if (element.kind !== 'work' || element.status === 'done' || element.status === 'cancelled') continue;
    const { file } = element.source;
    let source = sources.get(file);
    if (source === undefined) sources.set(file, (source = countedLines(texts.get(file))));
    guards.set(element.id, guardOf(element, source));
  }
  return guards;
}

interface Counted {
  source: SourceText;
  /** How often each line stands there. */
  counts: ReadonlyMap<string, number>;
}

function countedLines(file: BundleFile | undefined): Counted {
  const source = sourceText(file ?? { path: '', text: '' });
  const counts = new Map<string, number>();
  for (let line = 1; line <= source.lineCount; line++) {
    const text = lineText(source, line);
    if (text.includes('[')) counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return { source, counts };
}

function guardOf({ source: { file }, status, box }: WorkElement, { source, counts }: Counted): BoxGuard | string {
  if (box === undefined) return 'It has no checkbox in the source, or one without room for a mark.';
  const { line, column } = box;
  const text = lineText(source, line);
  const mark = markAt(text, column);
  if (mark === undefined) return 'Its checkbox is in another file than the task.';
  if (status === 'unknown' || !OPEN_MARK.test(mark)) return `Its mark is \`${mark}\`, which nothing says the meaning of.`;
  const guard = { file, line, column, digest: sha256(text) };
  return (counts.get(text) ?? 0) > 1 ? { ...guard, whole: sha256(source.text) } : guard;
}

/** The box of a task that is done, as `BoxGuard` has it. */
export type DoneBox = Omit<BoxGuard, 'whole'>;

/** Boxes of the tasks that the source says are done, by the task's id. */
export function doneBoxes({ elements }: Pick<Specification, 'elements'>, files: readonly BundleFile[]): Map<string, DoneBox> {
  const texts = new Map(files.map((file) => [file.path, file]));
  const done = new Map<string, DoneBox>();
  let source: SourceText | undefined;
  for (const element of elements) {
    if (element.kind !== 'work' || element.status !== 'done' || element.box === undefined) continue;
    const { file } = element.source;
    if (source?.path !== file) source = sourceText(texts.get(file) ?? { path: file, text: '' });
    done.set(element.id, { file, ...element.box, digest: sha256(lineText(source, element.box.line)) });
  }
  return done;
}

/** The files as they were before these boxes were closed; line ends are LF. */
export function withOpenBoxes(files: readonly BundleFile[], boxes: readonly DoneBox[]): BundleFile[] {
  const byFile = Map.groupBy(boxes, ({ file }) => file);
  return files.map((file) => {
    const own = byFile.get(file.path);
    if (own === undefined) return file;
    const source = sourceText(file);
    const units = source.text.split('');
    for (const { line, column } of own) units[lineStart(source, line) + column - 1] = ' ';
    return { path: file.path, text: units.join('') };
  });
}

/** The mark of a checkbox at this place of a line; undefined where there is none. */
export function markAt(line: string, column: number): string | undefined {
  const before = /\[[\t ]{0,3}$/.test(line.slice(Math.max(0, column - 5), column - 1));
  const mark = line.slice(column - 1, column);
  return before && /^[\t ]{0,3}\]/.test(line.slice(column, column + 4)) ? mark : undefined;
}
