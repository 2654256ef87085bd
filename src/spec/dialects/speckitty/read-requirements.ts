import type { Desk } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import { plainText } from '../../markdown/passage.ts';
import type { RequirementKind, SourceSpan, TaskPriority } from '../../model.ts';
import { shortened } from '../../shortened.ts';
import { KEYWORDS, leadingKeyword, normalWords, says } from '../../work/keywords.ts';
import type { RequirementDraft } from '../../work/work-draft.ts';
import { criterionOf, statusBoxOf } from './boxes.ts';
import { type OpenLine, openLines } from './open-lines.ts';

const DEFINITION =
  /^\s{0,40}(?:\|\s{0,9}|[-*+]\s{1,9}(?:\[.?\]\s{1,9})?|\d{1,3}[.)]\s{1,9}|#{2,6}\s{1,9})?[*_`]{0,4}((?:US|FR|NFR|SC|C|AC|QR|IR|DR)-\d{1,4}[a-z]?)[*_`]{0,4}\s{0,40}(?:\([^)]{0,80}\)\s{0,9})?[*_`]{0,4}(?:\||[:：.–—]|-\s|(?<=[*_`]{2}\s{0,9})(?=[\p{L}`"'(]))[*_\s]{0,9}(.*)$/u;
const NUMBERED = /^\s{0,3}\d{1,3}[.)]\s+(.*)$/;
const KINDS: Readonly<Record<string, RequirementKind>> = { US: 'story', FR: 'functional', SC: 'success', AC: 'acceptance' };
const MAX_TEXT = 4000;

/** Reads `spec.md`: requirements by their printed ids, stories, scenarios. */
export class RequirementReader {
  readonly drafts: RequirementDraft[] = [];
  readonly #account: LineAccount;
  readonly #scope: string;
  readonly #desk: Desk;
  readonly #ids = new Set<string>();
  #section = '';
  #story: RequirementDraft | undefined;
  #open: RequirementDraft | undefined;

  constructor(account: LineAccount, scope: string, desk: Desk) {
    this.#account = account;
    this.#scope = scope;
    this.#desk = desk;
  }

  read(after: number): void {
    for (const line of openLines(this.#account, after, this.#desk.diagnostics)) {
      if (this.#define(line)) continue;
      if (line.heading !== undefined) this.#readHeading(line, line.heading);
      else if (this.#account.isOpenCheckbox(line.line)) this.#readBox(line);
      else if (!this.#readNumbered(line)) this.#continue(line);
    }
  }

  /** The first line that begins with an id says what it is; later ones (a table of traces) only speak of it. */
  #define(line: OpenLine): boolean {
    const [, id, rest] = DEFINITION.exec(line.text) ?? [];
    if (id === undefined || rest === undefined || this.#ids.has(id)) return false;
    const isRow = /^\s*\|/.test(line.text);
    const text = isRow ? (rest.split('|').find((cell) => cell.trim() !== '') ?? '') : rest;
    this.#ids.add(id);
    const draft = this.#add(line, KINDS[id.replace(/-.*/, '')] ?? 'quality', plainText(text) || id);
    draft.sourceId = id;
    if (draft.requirementKind === 'story') this.#story = draft;
    const priority = /\|\s*(P[0-4])\s*\|/.exec(line.text)?.[1];
    if (priority !== undefined) setPriority(draft, priority);
    if (isRow) this.#open = undefined;
    this.#account.settleCheckbox(line.line, 'criterion');
    return true;
  }

  #readHeading(line: OpenLine, { level, title }: { level: number; title: string }): void {
    this.#open = undefined;
    this.#section = plainText(title);
    const number = /\b(?:story|scenario)\s+(\d{1,3})\b/i.exec(title)?.[1] ?? /(\d{1,3})\s*[-–—:：]/.exec(title)?.[1];
    if (level > 1 && says(title, 'story') && number !== undefined) {
      const story = this.#add(line, 'story', this.#section.replace(/\s{0,9}\(Priority[:：]?\s{0,9}P\d\).*$/i, ''));
      story.sourceId = `US${number}`;
      setPriority(story, /\b(P[0-4])\b/.exec(title)?.[1] ?? '');
      this.#story = story;
      this.#open = undefined;
    } else if (level <= 2 || says(title, 'story')) this.#story = undefined;
  }

  #readNumbered(line: OpenLine): boolean {
    const text = NUMBERED.exec(line.text)?.[1] ?? /^\s{0,3}[-*+]\s+(.*)$/.exec(line.text)?.[1];
    if (text === undefined) return false;
    this.#open = undefined;
    const isScenario = leadingKeyword(normalWords(text.replace(/[*_]/g, '')), 'given') > 0;
    const isStory = NUMBERED.test(line.text) && this.#story === undefined && listsStories(this.#section);
    if (!isScenario && !isStory) return false;
    const draft = this.#add(line, isScenario ? 'scenario' : 'story', plainText(text));
    if (isScenario && this.#story !== undefined) draft.parent = this.#story.key;
    return true;
  }

  /** A line that goes on with what the lines before it began. */
  #continue({ line, text }: OpenLine): void {
    const open = this.#open;
    if (open === undefined || text.trim() === '' || /^\s*\|/.test(text) || open.text.length > MAX_TEXT) {
      this.#open = undefined;
      return;
    }
    open.text = `${open.text} ${plainText(text)}`;
    open.name = shortened(open.text);
    open.source.endLine = line;
    this.#account.mark({ line, endLine: line }, 'element', open.key);
  }

  #readBox(line: OpenLine): void {
    const box = statusBoxOf(this.#account, line, this.#desk);
    const place = { scope: this.#scope, section: this.#section, parent: undefined };
    if (box !== undefined) this.drafts.push(criterionOf(box, place));
  }

  #add({ line, text: raw }: OpenLine, requirementKind: RequirementKind, text: string): RequirementDraft {
    const source: SourceSpan = {
      file: this.#account.source.path,
      line,
      column: Math.max(0, raw.search(/\S/)) + 1,
      endLine: line,
    };
    const key = `${source.file}:${line}`;
    const name = shortened(text);
    const draft: RequirementDraft = {
      kind: 'requirement',
      requirementKind,
      key,
      scope: this.#scope,
      name,
      section: this.#section,
      source,
      text,
    };
    this.#account.mark(source, 'element', key);
    this.drafts.push(draft);
    this.#open = draft;
    return draft;
  }
}

/** `Primary User Stories`; a title that only speaks of one lists something else. */
function listsStories(section: string): boolean {
  const words = normalWords(section);
  return words.endsWith('stories') || KEYWORDS.story.some((word) => words.endsWith(word));
}

function setPriority(draft: RequirementDraft, printed: string): void {
  const priority = (['P0', 'P1', 'P2', 'P3', 'P4'] as const satisfies readonly TaskPriority[]).find((each) => each === printed);
  if (priority !== undefined) draft.priority = priority;
}
