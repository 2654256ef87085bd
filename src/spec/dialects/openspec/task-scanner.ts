import type { Desk } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import { boxAt, type Checkbox, checkboxOf, isStatusMark } from '../../markdown/checkbox.ts';
import { reportVerbatim } from '../../markdown/verbatim.ts';
import type { WorkStatus } from '../../model.ts';
import { reportLegend, reportUnknownMark, statusOf } from '../../work/marks.ts';
import type { Building } from './task-builder.ts';
import { GroupList } from './task-groups.ts';
import { headingTask, saysSkipped, saysTask, signBullet, signOfHeading, type TaskHead, taskHead } from './task-head.ts';
import { indentOf, saysAcceptance, type TaskHeading, type TaskOutline, taskOutline } from './task-outline.ts';

const LABEL = /^\s*(?:[-*+]\s+)?(?:\*\*|__|_)?([^:：]{1,80})(?:[:：](?:\*\*|__|_)?|(?:\*\*|__|_)[:：])\s*$/;
const BULLET = /^\s*(?:[-*+]|\d{1,9}[.)])\s/;

/** Reads the lines of a task file one by one: headings are groups or tasks, boxes are tasks, what is indented belongs to them. */
export class TaskScanner {
  readonly groups = new GroupList();
  readonly outline: TaskOutline;
  title: string | undefined;
  readonly #account: LineAccount;
  readonly #desk: Desk;
  /** Tasks whose lines may still come, the innermost last. */
  #open: Building[] = [];
  #heading: { level: number; task: Building } | undefined;
  /** A line such as `Acceptance:`, and how far it is indented. */
  #label: { indent: number; isBullet: boolean } | undefined;
  #afterBlank = false;

  constructor(account: LineAccount, desk: Desk) {
    this.#account = account;
    this.#desk = desk;
    this.outline = taskOutline(account);
  }

  scan(): void {
    const { lines, mask, masked, headings } = this.outline;
    for (const [at, text] of lines.entries()) {
      const heading = headings.get(at + 1);
      if (mask[at] === true) this.#addDetail(text, at + 1);
      else if (text.trim() === '') this.#afterBlank = true;
      else {
        if (heading !== undefined) this.#readHeading(heading);
        else this.#readLine(text, at + 1);
        this.#afterBlank = false;
      }
    }
    for (const block of masked) reportVerbatim(block, this.#account, this.#desk.diagnostics);
  }

  #readHeading(heading: TaskHeading): void {
    const { level, title, line } = heading;
    this.#open = [];
    this.#label = undefined;
    this.#account.mark({ line, endLine: line }, 'heading');
    if (this.#heading !== undefined && level > this.#heading.level && !this.#isTask(heading)) {
      if (saysAcceptance(title)) this.#label = { indent: 0, isBullet: false };
      return this.#addDetail(this.outline.lines[line - 1] ?? '', line);
    }
    this.#heading = undefined;
    if (this.#isTask(heading)) return this.#openHeadingTask(heading);
    if (level === 1 && this.title === undefined) this.title = title;
    this.groups.enter(heading);
  }

  /** One with a number and no boxes below, or with the word for a task. */
  #isTask({ title, level, boxes }: TaskHeading): boolean {
    return headingTask(title, level) !== undefined && (boxes === 0 || saysTask(title));
  }

  #openHeadingTask({ title, level, line }: TaskHeading): void {
    const head = headingTask(title, level);
    if (head === undefined) return;
    const status = signOfHeading(title) ?? (head.struck ? 'cancelled' : 'unknown');
    const task = this.#build({
      head: { ...head, text: head.text.replace(/\s*[✅☑✔✓❌]\u{FE0F}?\s*/gu, ' ').trim() },
      line,
      indent: -1,
      status,
    });
    task.isHeading = true;
    this.#heading = { level, task };
    this.#place(task, undefined);
  }

  #readLine(text: string, line: number): void {
    const box = /^[\s]*>/.test(text) ? undefined : checkboxOf(text);
    if (box !== undefined) return this.#readBox(box, text, line);
    const indent = indentOf(text);
    const isBullet = BULLET.test(text);
    if (isBullet || this.#afterBlank) this.#close(isBullet ? indent : indent - 1);
    this.#readLabel(text, indent, isBullet);
    if (this.#open.length > 0 || this.#heading !== undefined) return this.#addLine(text, line, isBullet);
    const sign = signBullet(text);
    if (sign !== undefined) this.#readSign(sign, text, line);
    else if (isBullet) this.groups.noteBullet(text.replace(BULLET, '').trim(), line);
    if (this.groups.isDependencies) this.groups.dependencyLines.push({ text, line });
  }

  #readBox(box: Checkbox, text: string, line: number): void {
    if (!isStatusMark(box.marker)) return this.#readLegend(box.marker, text, line);
    if (box.text === '') return this.#readBareBox(box, text, line);
    const isHeading = /^\s*#/.test(text);
    const indent = isHeading ? -1 : indentOf(text);
    if (isHeading) this.#heading = undefined;
    this.#close(indent);
    if (this.#label?.isBullet === true && indent <= this.#label.indent) this.#label = undefined;
    const head = taskHead(box.text);
    const place = boxAt(text, line);
    const task = this.#build({ head, line, indent, status: this.#statusOf(box, head, { text, line }) });
    if (place !== undefined) task.box = place;
    task.optional ||= box.optional;
    task.isHeading = isHeading;
    this.#place(task, this.#open.at(-1) ?? this.#heading?.task);
    if (isHeading) this.#heading = { level: text.trim().search(/[^#]/), task };
    else this.#open.push(task);
    if (/[:：]$/.test(head.text) && saysAcceptance(head.text)) this.#label = { indent, isBullet: true };
  }

  /** `- [x]` and nothing else, below a task that is a heading: it is the box of that. */
  #readBareBox(box: Checkbox, text: string, line: number): void {
    const task = this.#heading?.task;
    const place = boxAt(text, line);
    if (task === undefined || place === undefined || task.box !== undefined || task.parts.length > 0) return;
    task.box = place;
    task.status = this.#statusOf(box, task.head, { text, line });
    task.endLine = line;
  }

  #readLegend(marker: string, text: string, line: number): void {
    this.#account.mark({ line, endLine: line }, 'prose');
    this.#account.settleCheckbox(line, 'diagnostic');
    reportLegend(marker, { file: this.#account.source.path, line, column: text.indexOf('[') + 1 }, this.#desk.diagnostics);
  }

  #statusOf(
    { marker, text: written }: Checkbox,
    { struck }: TaskHead,
    { text, line }: { text: string; line: number },
  ): WorkStatus {
    const status = statusOf(marker);
    if (status === 'unknown') {
      reportUnknownMark(marker, { file: this.#account.source.path, line, column: text.indexOf('[') + 1 }, this.#desk.diagnostics);
    }
    if (struck && status !== 'done') return 'cancelled';
    return marker === '~' && saysSkipped(written) ? 'cancelled' : status;
  }

  /** `- ✅ 1.2 Name` is a task; a sign without a number only in a numbered group of a file without boxes. */
  #readSign({ status, text: written }: { status: WorkStatus; text: string }, text: string, line: number): void {
    const head = taskHead(written);
    if (this.groups.isAcceptance || (head.id === undefined && (this.outline.hasBoxes || !this.groups.isNumbered))) return;
    const task = this.#build({ head, line, indent: indentOf(text), status });
    this.#place(task, undefined);
    this.#open.push(task);
  }

  /** Takes the task in: as a criterion where it stands in such a list and has no number. */
  #place(task: Building, parent: Building | undefined): void {
    const underLabel = this.#label !== undefined && (!this.#label.isBullet || task.indent > this.#label.indent);
    if (task.head.id !== undefined && !task.isHeading && task.indent <= 0) this.#label = undefined;
    task.isCriterion = task.head.id === undefined && (underLabel || this.groups.isAcceptance || parent?.isCriterion === true);
    this.groups.add(task, parent);
  }

  #build({ head, line, indent, status }: { head: TaskHead; line: number; indent: number; status: WorkStatus }): Building {
    const { path } = this.#account.source;
    const column = (this.outline.lines[line - 1] ?? '').search(/\S/) + 1;
    const [section, optional] = [this.groups.title, head.optional || this.groups.isOptional];
    const base = { parts: [], depth: 0, details: [], words: [head.text], isCriterion: false, isHeading: false };
    return { ...base, key: `${path}:${line}`, head, line, endLine: line, column, indent, status, section, optional };
  }

  /** What is not indented further than `indent` belongs to none of the tasks that are. */
  #close(indent: number): void {
    while (this.#open.length > 0 && (this.#open.at(-1)?.indent ?? 0) >= indent) this.#open.pop();
  }

  #readLabel(text: string, indent: number, isBullet: boolean): void {
    if (this.#label?.isBullet === true && indent <= this.#label.indent) this.#label = undefined;
    const label = LABEL.exec(text.slice(0, 200))?.[1];
    if (label === undefined) return;
    this.#label = saysAcceptance(label) ? { indent, isBullet } : undefined;
  }

  #addLine(text: string, line: number, isBullet: boolean): void {
    const task = this.#open.at(-1);
    const isText = task !== undefined && !isBullet && !this.#afterBlank && task.details.length === 0;
    if (!isText) return this.#addDetail(text, line);
    task.words.push(text.trim());
    task.endLine = line;
  }

  #addDetail(text: string, line: number): void {
    const task = this.#open.at(-1) ?? this.#heading?.task;
    if (task === undefined) return;
    task.details.push({ text, line });
    task.endLine = line;
  }
}
