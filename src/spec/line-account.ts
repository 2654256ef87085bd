import { checkboxOf } from './markdown/checkbox.ts';
import { BOX_FATES, type BoxFate, type Coverage, LINE_CLASSES, type LineClass, type LineRun } from './model.ts';
import { isBlankLine, lineStart, lineText, type SourceText } from './source-text.ts';

const NOT_UNDERSTOOD = LINE_CLASSES.indexOf('not-understood');
const BLANK = LINE_CLASSES.indexOf('blank');

/** Why a file is not read, as a clause that follows its name: `is guidance for agents`. */
export interface PassedOver {
  why: string;
  /** What it holds says so, and not where it lies or what it is called. */
  byContent: boolean;
  /** Lines of its checkboxes, which are no tasks. */
  boxes: readonly number[];
}

/**
 * What became of every line of one file. A line that is not blank counts as not understood until somebody says what it is;
 * a later mark replaces an earlier one.
 */
export class LineAccount {
  readonly source: SourceText;
  readonly #classes: Uint8Array;
  readonly #elements: (string | undefined)[];
  readonly #openCheckboxes = new Set<number>();
  /** Lines of which somebody has said that they are not understood. */
  readonly #refused = new Set<number>();
  readonly #fates = new Map<number, BoxFate>();
  #passedOver: PassedOver | undefined;

  constructor(source: SourceText) {
    this.source = source;
    this.#classes = new Uint8Array(source.lineCount + 1).fill(NOT_UNDERSTOOD);
    this.#elements = Array.from({ length: source.lineCount + 1 }, () => undefined);
    for (let line = 1; line <= source.lineCount; line++) if (isBlankLine(source, line)) this.#classes[line] = BLANK;
    if (isMarkdown(source.path)) this.#findCheckboxes();
  }

  #findCheckboxes(): void {
    const { text, lineCount } = this.source;
    let bracket = text.indexOf('[');
    for (let line = 1; line <= lineCount && bracket !== -1; line++) {
      const next = lineStart(this.source, line + 1);
      if (bracket >= next && line < lineCount) continue;
      if (checkboxOf(lineText(this.source, line)) !== undefined) this.#openCheckboxes.add(line);
      bracket = text.indexOf('[', next);
    }
  }

  /** Says what the lines are, the blank ones among them excepted (a document's blank lines are part of it). */
  mark(lines: { line: number; endLine: number }, as: LineClass, element?: string): void {
    const value = LINE_CLASSES.indexOf(as);
    for (let at = lines.line; at <= Math.min(lines.endLine, this.source.lineCount); at++) {
      if (this.#classes[at] === BLANK && as !== 'document') continue;
      this.#classes[at] = value;
      if (value === NOT_UNDERSTOOD) this.#refused.add(at);
      this.#elements[at] = element;
    }
  }

  /** The file tells agents or people about the project and states no task: its lines are prose, its checkboxes are named. */
  passOver(reason: Pick<PassedOver, 'why' | 'byContent'>): void {
    this.mark({ line: 1, endLine: this.source.lineCount }, 'prose');
    const boxes = this.openCheckboxes();
    for (const line of boxes) this.settleCheckbox(line, 'diagnostic');
    this.#passedOver = { ...reason, boxes };
  }

  /** Why the file is not read, if it is not. */
  get passedOver(): PassedOver | undefined {
    return this.#passedOver;
  }

  /** Says what the checkbox of this line has become, if there is one; the first to say so is believed. */
  settleCheckbox(line: number, as: BoxFate): void {
    if (this.#openCheckboxes.delete(line)) this.#fates.set(line, as);
  }

  /** None of these lines is understood, the blank ones among them neither: they are one stretch, and one report names them. */
  refuse({ line, endLine }: { line: number; endLine: number }): void {
    for (let at = line; at <= Math.min(endLine, this.source.lineCount); at++) {
      this.#classes[at] = NOT_UNDERSTOOD;
      this.#elements[at] = undefined;
      this.#refused.add(at);
    }
  }

  /** Nobody has said anything of this line yet, and it is not blank. */
  isUnspoken(line: number): boolean {
    return this.#classes[line] === NOT_UNDERSTOOD && !this.#refused.has(line);
  }

  isOpenCheckbox(line: number): boolean {
    return this.#openCheckboxes.has(line);
  }

  /** Lines with a checkbox nobody has settled. */
  openCheckboxes(): number[] {
    return [...this.#openCheckboxes];
  }

  /** `ids` are those of the elements that were marked by their keys. */
  runs(ids: ReadonlyMap<string, string> = new Map()): LineRun[] {
    const runs: LineRun[] = [];
    for (let line = 1, last: LineRun | undefined; line <= this.source.lineCount; line++) {
      const mark = this.#elements[line];
      const element = mark === undefined ? undefined : (ids.get(mark) ?? mark);
      const what = LINE_CLASSES[this.#classes[line] ?? NOT_UNDERSTOOD] ?? 'prose';
      if (last?.class === what && last.element === element) last.endLine = line;
      else {
        last = { file: this.source.path, line, endLine: line, class: what };
        if (element !== undefined) last.element = element;
        runs.push(last);
      }
    }
    return runs;
  }

  /** How many checkboxes became what; `open` ones are nobody's yet. */
  get checkboxes(): Record<BoxFate | 'open', number> {
    const counts = { task: 0, subTask: 0, criterion: 0, diagnostic: 0, open: this.#openCheckboxes.size };
    for (const fate of this.#fates.values()) counts[fate] += 1;
    return counts;
  }
}

/** Counts what the lines of all files became. */
export function coverageOf(
  accounts: readonly LineAccount[],
  runs: readonly LineRun[],
  counts: Pick<Coverage, 'elements' | 'unreadableFiles'>,
): Coverage {
  const lines: Record<LineClass, number> = { blank: 0, heading: 0, element: 0, prose: 0, document: 0, 'not-understood': 0 };
  for (const run of runs) lines[run.class] += run.endLine - run.line + 1;
  const boxes = { task: 0, subTask: 0, criterion: 0, diagnostic: 0, open: 0 };
  for (const { checkboxes } of accounts) {
    for (const fate of [...BOX_FATES, 'open'] as const) boxes[fate] += checkboxes[fate];
  }
  const { open, ...settled } = boxes;
  const accounted = BOX_FATES.reduce((sum, fate) => sum + settled[fate], 0);
  return {
    sourceLines: accounts.reduce((sum, account) => sum + account.source.lineCount, 0),
    blank: lines.blank,
    headings: lines.heading,
    elementLines: lines.element,
    prose: lines.prose,
    documents: lines.document,
    notUnderstood: lines['not-understood'],
    ...counts,
    checkboxes: accounted + open,
    checkboxesAccounted: accounted,
    boxes: settled,
  };
}

export function isMarkdown(path: string): boolean {
  return !/\.(?:jsonl?|ya?ml|proto)$/i.test(path);
}
