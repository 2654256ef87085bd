import { checkboxOf } from './markdown/checkbox.ts';
import { type Coverage, LINE_CLASSES, type LineClass, type LineRun } from './model.ts';
import { isBlankLine, lineText, type SourceText } from './source-text.ts';

const NOT_UNDERSTOOD = LINE_CLASSES.indexOf('not-understood');
const BLANK = LINE_CLASSES.indexOf('blank');

/**
 * What became of every line of one file. A line that is not blank counts as not understood until somebody says what it is;
 * a later mark replaces an earlier one.
 */
export class LineAccount {
  readonly source: SourceText;
  readonly #classes: Uint8Array;
  readonly #elements: (string | undefined)[];
  readonly #openCheckboxes = new Set<number>();
  #checkboxes = 0;

  constructor(source: SourceText) {
    this.source = source;
    this.#classes = new Uint8Array(source.lineCount + 1).fill(NOT_UNDERSTOOD);
    this.#elements = Array.from({ length: source.lineCount + 1 }, () => undefined);
    for (let line = 1; line <= source.lineCount; line++) this.#open(line);
  }

  #open(line: number): void {
    if (isBlankLine(this.source, line)) this.#classes[line] = BLANK;
    else if (isMarkdown(this.source.path) && checkboxOf(lineText(this.source, line)) !== undefined) {
      this.#checkboxes += 1;
      this.#openCheckboxes.add(line);
    }
  }

  /** Says what the lines are, the blank ones among them excepted (a document's blank lines are part of it). */
  mark(lines: { line: number; endLine: number }, as: LineClass, element?: string): void {
    const value = LINE_CLASSES.indexOf(as);
    for (let at = lines.line; at <= Math.min(lines.endLine, this.source.lineCount); at++) {
      if (this.#classes[at] === BLANK && as !== 'document') continue;
      this.#classes[at] = value;
      this.#elements[at] = element;
    }
  }

  /** The checkbox of this line has become a task or a diagnostic. */
  settleCheckbox(line: number): void {
    this.#openCheckboxes.delete(line);
  }

  /** Lines with a checkbox nobody has settled. */
  openCheckboxes(): number[] {
    return [...this.#openCheckboxes];
  }

  runs(): LineRun[] {
    const runs: LineRun[] = [];
    for (let line = 1; line <= this.source.lineCount; line++) {
      const last = runs.at(-1);
      const next = this.#runAt(line);
      if (last?.class === next.class && last.element === next.element) last.endLine = line;
      else runs.push(next);
    }
    return runs;
  }

  #runAt(line: number): LineRun {
    const element = this.#elements[line];
    const run = {
      file: this.source.path,
      line,
      endLine: line,
      class: LINE_CLASSES[this.#classes[line] ?? NOT_UNDERSTOOD] ?? 'prose',
    };
    return element === undefined ? run : { ...run, element };
  }

  get checkboxes(): { found: number; settled: number } {
    return { found: this.#checkboxes, settled: this.#checkboxes - this.#openCheckboxes.size };
  }
}

/** Counts what the lines of all files became. */
export function coverageOf(accounts: readonly LineAccount[], runs: readonly LineRun[], elements: number): Coverage {
  const lines: Record<LineClass, number> = { blank: 0, heading: 0, element: 0, prose: 0, document: 0, 'not-understood': 0 };
  for (const run of runs) lines[run.class] += run.endLine - run.line + 1;
  return {
    sourceLines: accounts.reduce((sum, account) => sum + account.source.lineCount, 0),
    blank: lines.blank,
    headings: lines.heading,
    elementLines: lines.element,
    prose: lines.prose,
    documents: lines.document,
    notUnderstood: lines['not-understood'],
    elements,
    checkboxes: accounts.reduce((sum, account) => sum + account.checkboxes.found, 0),
    checkboxesAccounted: accounts.reduce((sum, account) => sum + account.checkboxes.settled, 0),
  };
}

export function isMarkdown(path: string): boolean {
  return !/\.(?:json|ya?ml)$/i.test(path);
}
