import type { Desk } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import { plainText } from '../../markdown/passage.ts';
import type { SourceSpan } from '../../model.ts';
import { idsIn } from '../../work/id-lists.ts';
import { says } from '../../work/keywords.ts';
import { type StatusBox, statusBoxOf } from './boxes.ts';
import { dependenciesStated, dependencyBullet } from './dependency-forms.ts';
import { type OpenLine, openLines } from './open-lines.ts';
import type { PackageFacts, Said } from './package-facts.ts';
import { titleAfterId } from './read-prompt.ts';

/** A checkbox with the work package it stands under. */
export interface PlacedBox {
  box: StatusBox;
  section: string;
  within: string | undefined;
}

const PACKAGE_HEADING = /^[*_\s]{0,9}(?:\[.\]\s{0,9})?(?:Work Package(?: Prompt)?[\s:：]{0,9})?[*_]{0,4}(WP\d{2,3})(?!\d)/i;
const REFERENCES = /Requirement(?:s| Refs?| References)[*_]*\s*[:：][*_]*\s*(.*)$/i;
const PRIORITY = /Priority[*_)\s]*[:：][*_\s]*(P[0-4])\b/i;
const FORM = { pattern: String.raw`[A-Z]{1,5}-\d{1,4}[a-z]?`, ignoreCase: false };

/** Reads `tasks.md`: sections of work packages with the checkboxes of their sub-tasks. */
export class TaskListReader {
  readonly packages: PackageFacts[] = [];
  readonly boxes: PlacedBox[] = [];
  /** From the index of sub-tasks: what each is called, and which run side by side. */
  readonly titles = new Map<string, string>();
  readonly parallel = new Set<string>();
  readonly #account: LineAccount;
  readonly #desk: Desk;
  #current: PackageFacts | undefined;
  #body: string[] = [];
  #section = '';
  #phase: string | undefined;
  #awaitsBullets = false;

  constructor(account: LineAccount, desk: Desk) {
    this.#account = account;
    this.#desk = desk;
  }

  read(after: number): void {
    for (const line of openLines(this.#account, after, this.#desk.diagnostics)) {
      if (line.heading !== undefined) this.#readHeading(line, line.heading);
      else this.#readLine(line);
      const isBox = this.#account.isOpenCheckbox(line.line);
      if (isBox) this.#readBox(line);
    }
    this.#endPackage(this.#account.source.lineCount);
  }

  #readHeading({ line, text }: OpenLine, { level, title }: { level: number; title: string }): void {
    const id = level < 2 ? undefined : PACKAGE_HEADING.exec(title)?.[1]?.toUpperCase();
    this.#awaitsBullets = false;
    if (id !== undefined) return this.#beginPackage(id, title, line);
    if (this.#current !== undefined && level > 2) {
      this.#awaitsBullets = dependenciesStated(text)?.form === 'heading';
      this.#body.push(text);
      return;
    }
    this.#endPackage(line - 1);
    this.#section = plainText(title);
    if (level === 2) this.#phase = says(title, 'phase') ? this.#section : undefined;
    if (level > 1 && says(title, 'dependency')) this.#reportProse({ line, text }, 'This section');
  }

  #beginPackage(id: string, title: string, line: number): void {
    this.#endPackage(line - 1);
    this.#section = plainText(title);
    const at: SourceSpan = { file: this.#account.source.path, line, column: 1, endLine: line };
    this.#current = {
      id,
      at,
      title: plainText(titleAfterId(title)).replace(/\s{0,9}\((?:Priority[:：]?\s{0,9})?P[0-4]\).{0,20}$/i, ''),
    };
    const priority = /\((?:Priority[:：]?\s*)?(P[0-4])\)/i.exec(title)?.[1];
    if (priority !== undefined) this.#setPriority(priority);
    if (this.#phase !== undefined) this.#current.milestone = this.#phase;
  }

  #endPackage(endLine: number): void {
    const body = this.#body.join('\n').trim();
    if (this.#current !== undefined) {
      this.#current.at.endLine = Math.max(this.#current.at.line, endLine);
      if (body !== '') this.#current.details = body;
      this.packages.push(this.#current);
    }
    this.#current = undefined;
    this.#body = [];
  }

  #setPriority(printed: string): void {
    const priority = (['P0', 'P1', 'P2', 'P3', 'P4'] as const).find((each) => each === printed.toUpperCase());
    if (this.#current !== undefined && priority !== undefined) this.#current.priority ??= priority;
  }

  #readLine(line: OpenLine): void {
    this.#readIndexRow(line.text);
    if (this.#current === undefined) return;
    this.#body.push(line.text);
    const priority = PRIORITY.exec(line.text)?.[1];
    if (priority !== undefined) this.#setPriority(priority);
    const references = REFERENCES.exec(line.text)?.[1];
    if (references !== undefined) this.#addRequirements(references, line);
    if (!this.#account.isOpenCheckbox(line.line)) this.#readDependencies(line, this.#current);
  }

  #readIndexRow(text: string): void {
    const [before, first = '', title, , ...marks] = text.split('|').map((cell) => cell.trim());
    const id = /^[*_`]{0,4}(T\d{3,4})[*_`]{0,4}$/.exec(first)?.[1];
    if (before !== '' || id === undefined || title === undefined || title === '') return;
    this.titles.set(id, plainText(title));
    if (marks.some((mark) => /^`?\[P\]`?$/.test(mark))) this.parallel.add(id);
  }

  #addRequirements(text: string, { line }: OpenLine): void {
    if (this.#current === undefined) return;
    const at: SourceSpan = { file: this.#account.source.path, line, column: 1, endLine: line };
    this.#current.requirements = [
      ...(this.#current.requirements ?? []),
      ...idsIn(text, FORM).map(({ id }) => ({ text: id, at })),
    ];
  }

  #readDependencies(line: OpenLine, current: PackageFacts): void {
    const stated = dependenciesStated(line.text) ?? (this.#awaitsBullets ? dependencyBullet(line.text) : undefined);
    if (stated?.form === 'list') this.#addDependencies(current, stated.ids, line);
    else if (stated?.form === 'prose') this.#reportProse(line, `The line on what ${current.id} depends on`);
    if (stated?.form === 'heading') this.#awaitsBullets = true;
    else if (line.text.trim() !== '' && !/^\s*[-*+]\s/.test(line.text)) this.#awaitsBullets = false;
  }

  #addDependencies(current: PackageFacts, ids: readonly string[], { line, text }: OpenLine): void {
    const places = ids.map((id): Said => {
      const column = Math.max(0, text.indexOf(id)) + 1;
      return { text: id, at: { file: this.#account.source.path, line, column, endLine: line } };
    });
    current.dependencies = [...(current.dependencies ?? []), ...places];
  }

  #reportProse({ line }: Pick<OpenLine, 'line' | 'text'>, what: string): void {
    const message = `${what} speaks of dependencies in words, which make none.`;
    const hint = 'Write `**Dependencies**: WP01, WP02` under each work package, or `dependencies` in its front matter.';
    this.#desk.diagnostics.report(
      'SPEC_DEPENDENCY_PROSE',
      { file: this.#account.source.path, line, column: 1 },
      { message, hint },
    );
  }

  #readBox(line: OpenLine): void {
    const box = statusBoxOf(this.#account, line, this.#desk);
    if (box === undefined) return;
    const named = /\(\s*(WP\d{2,3})\s*\)/.exec(box.text)?.[1] ?? PACKAGE_HEADING.exec(box.text)?.[1]?.toUpperCase();
    this.boxes.push({ box, section: this.#section, within: this.#current?.id ?? named });
  }
}

/** The printed id that a text begins with, and what follows it. */
export function leadingId(text: string): { id: string; rest: string; parallel: boolean } | undefined {
  const [, id, rest] = /^[*_`[]*(T\d{3,4}[a-z]?|WP\d{2,3})[*_`\]]*[\s:：.–—-]*(.*)$/i.exec(text) ?? [];
  if (id === undefined || rest === undefined) return undefined;
  const parallel = /^\[P\]\s*/i.exec(rest)?.[0] ?? '';
  return {
    id: id.toUpperCase().replace(/[A-Z]$/, (letter) => letter.toLowerCase()),
    rest: rest.slice(parallel.length).trim(),
    parallel: parallel !== '' || /\[P\]/.test(rest),
  };
}
