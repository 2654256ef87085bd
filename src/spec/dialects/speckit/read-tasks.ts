import type { DiagnosticList } from '../../diagnostic-list.ts';
import type { Desk } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import { type Block, type Heading, type Item, itemHead, type Lines, type List } from '../../markdown/block.ts';
import { type Checkbox, checkboxIn, isStatusMark } from '../../markdown/checkbox.ts';
import { type Passage, placeIn, plainText } from '../../markdown/passage.ts';
import { reportBoxesIn } from '../../markdown/verbatim.ts';
import type { WorkStatus } from '../../model.ts';
import type { Place } from '../../source-text.ts';
import { says } from '../../work/keywords.ts';
import { isSettled, reportLegend, reportUnknownMark, statusOf } from '../../work/marks.ts';
import { type Group, sequenceEdges, type Step } from '../../work/sequence.ts';
import type { RequirementDraft, WorkDraft, WorkReading } from '../../work/work-draft.ts';
import { DependencyReader } from './dependencies.ts';
import { detailsOf, type FoundBox, lastOwnLine } from './found-box.ts';
import { namesCriterion, newCriterion, newTask, NO_GROUP, type Surroundings } from './new-drafts.ts';
import { areTasksHeadings, bodyEnds, bodyOf, taskOfHeading } from './heading-tasks.ts';
import { type Section, sectionOf } from './sections.ts';
import { StrayBoxes } from './stray-boxes.ts';
import { BEFORE_NUMBER, beginsWithTaskId, type TaskHead, taskHead } from './task-head.ts';

export interface TasksContext extends Pick<Surroundings, 'scope' | 'prefix' | 'stories'> {
  desk: Desk;
}

/** Reads `tasks.md`: checkboxes with ids are tasks, in phases; the rest is accounted for. */
export function readTasks(account: LineAccount, blocks: readonly Block[], context: TasksContext): WorkReading {
  const reader = new TasksReader(account, context, hasTaskIds(account));
  reader.read(blocks);
  return reader.finish();
}

const NUMBERED_BOX = new RegExp(
  String.raw`^[\t >]*(?:#{1,6}[\t ]+)?(?:[-*+]|\d{1,9}[.)])[\t ]+\[.?\][\t ]*${BEFORE_NUMBER}\d`,
  'mu',
);

/** Where some tasks are numbered, a checkbox without a number is none. */
function hasTaskIds({ source }: LineAccount): boolean {
  return NUMBERED_BOX.test(source.text);
}

/** A letter before the id of a task is a mark of somebody's own (`- [S] T001`), but for that of a label. */
function marksStatus({ marker, text }: Checkbox): boolean {
  return isStatusMark(marker) || (marker !== 'P' && beginsWithTaskId(text));
}

interface OpenStep extends Step {
  task: WorkDraft;
  parts: OpenStep[];
}

/** A task that criteria and parts below its heading belong to. */
interface Owner {
  step: OpenStep;
  level: number;
  /** Where it stands, to go on with behind it. */
  section: Section | undefined;
  sectionLevel: number;
  /** Where nothing else says how far it is, its checkboxes do. */
  marks: WorkStatus[] | undefined;
}

class TasksReader {
  readonly #account: LineAccount;
  readonly #context: TasksContext;
  readonly #diagnostics: DiagnosticList;
  readonly #numbered: boolean;
  readonly #dependencies: DependencyReader;
  readonly #strays: StrayBoxes;
  readonly #tasks: WorkDraft[] = [];
  readonly #requirements: RequirementDraft[] = [];
  readonly #groups: { title: string; steps: OpenStep[] }[] = [];
  #section: Section | undefined;
  #sectionLevel = 0;
  /** The task whose heading the text stands under. */
  #headingOwner: Owner | undefined;
  readonly #headings: boolean;
  /** The last words before a list: `**Acceptance:**`. */
  #label = '';

  constructor(account: LineAccount, context: TasksContext, numbered: boolean) {
    this.#account = account;
    this.#context = context;
    this.#diagnostics = context.desk.diagnostics;
    this.#headings = areTasksHeadings(account.source);
    this.#numbered = numbered || this.#headings;
    this.#dependencies = new DependencyReader(account, this.#diagnostics);
    this.#strays = new StrayBoxes(this.#diagnostics);
  }

  read(blocks: readonly Block[]): void {
    const ends = bodyEnds(blocks, this.#account.source);
    for (const block of blocks) {
      if (block.type === 'heading') this.#readHeading(block, ends.get(block) ?? block.endLine);
      else this.#readBlock(block);
    }
    this.#closeOwner();
    this.#strays.close();
  }

  finish(): WorkReading {
    const edges = [...this.#dependencies.edges(this.#tasks), ...sequenceEdges(this.#groups satisfies Group[])];
    return { tasks: this.#tasks, requirements: this.#requirements, edges };
  }

  #readBlock(block: Exclude<Block, Heading>): void {
    if (block.type === 'list') return this.#readList(block, undefined);
    if (block.type === 'paragraph') return this.#readParagraph(block.text, block);
    if (this.#section?.kind === 'dependencies') this.#dependencies.readVerbatim(block);
    reportBoxesIn(block, this.#account, this.#diagnostics);
  }

  /** `end` is the last line before the next heading that is not deeper. */
  #readHeading(heading: Heading, end: number): void {
    this.#account.mark(heading, 'heading');
    this.#strays.close();
    this.#label = '';
    const { level } = heading;
    if (this.#headingOwner !== undefined && level <= this.#headingOwner.level) this.#closeOwner();
    const written = heading.text.text.replace(/^[-*+]\s+/, '');
    const box = checkboxIn(written);
    if (box !== undefined && marksStatus(box)) return this.#readBoxHeading(heading, box, end);
    const isListed = this.#section?.kind !== 'dependencies' && this.#section?.kind !== 'strategy';
    const named = this.#headings && isListed ? taskOfHeading(written) : undefined;
    if (named !== undefined) return this.#readTaskHeading(heading, named, end);
    if (beginsWithTaskId(written) && isListed && !this.#headings) this.#reportUnmarked(placeIn(heading.text));
    const section = sectionOf(heading, this.#section, this.#sectionLevel);
    if (section.group !== this.#section?.group || level <= this.#sectionLevel) this.#sectionLevel = level;
    if (level > 1) this.#section = section;
  }

  /** `### - [x] T008 [US1] …`: what follows up to the next heading belongs to it. */
  #readBoxHeading(heading: Heading, box: Checkbox, end: number): void {
    const { details } = bodyOf(heading, end, this.#account.source);
    const found = { lines: heading, head: heading.text, box, details, account: this.#account };
    const step = this.#readBox(found, undefined);
    if (step !== undefined) this.#own(step, heading.level, undefined);
  }

  /** `### T008 [US1] …` in a file whose tasks are headings: its lines say how far it is, or the checkboxes below it. */
  #readTaskHeading(heading: Heading, head: TaskHead, end: number): void {
    const { details, status, files } = bodyOf(heading, end, this.#account.source);
    const box: Checkbox = { marker: '', optional: false, text: head.text };
    const found = { lines: heading, head: heading.text, box, details, files, account: this.#account };
    const step = this.#takeTask(found, head, undefined);
    if (status !== undefined) step.task.status = status;
    this.#own(step, heading.level, status === undefined ? [] : undefined);
  }

  #own(step: OpenStep, level: number, marks: WorkStatus[] | undefined): void {
    this.#headingOwner = { step, level, section: this.#section, sectionLevel: this.#sectionLevel, marks };
  }

  #closeOwner(): void {
    const owner = this.#headingOwner;
    if (owner === undefined) return;
    this.#headingOwner = undefined;
    this.#section = owner.section;
    this.#sectionLevel = owner.sectionLevel;
    if (owner.marks === undefined || owner.marks.length === 0) return;
    const settled = owner.marks.filter(isSettled).length;
    if (settled > 0) owner.step.task.status = settled === owner.marks.length ? 'done' : 'doing';
  }

  #readParagraph(text: Passage, lines: Lines): void {
    this.#label = text.text;
    this.#account.mark(lines, 'prose');
    const kind = this.#section?.kind;
    if (this.#headingOwner !== undefined) this.#dependencies.readBody(this.#headingOwner.step.task, lines);
    else if (kind === 'dependencies') this.#dependencies.readLines(lines);
    else if (kind === 'phase' && /^\|[^\n|]*T\d{2,6}/m.test(text.text.slice(0, 2000))) this.#reportUnmarked(placeIn(text));
  }

  #readList(list: List, owner: OpenStep | undefined): void {
    for (const item of list.items) this.#readItem(item, owner ?? this.#headingOwner?.step);
    if (owner === undefined) this.#strays.close();
  }

  #readItem(item: Item, owner: OpenStep | undefined): void {
    const head = itemHead(item);
    const box = head === undefined ? undefined : checkboxIn(head.text);
    let inner = owner;
    if (head === undefined || box === undefined) this.#readPlain(item, head, owner);
    else if (!marksStatus(box)) this.#readLegend(item, head, box);
    else
      inner =
        this.#readBox({ lines: item, head, box, details: detailsOf(item, this.#account), account: this.#account }, owner) ??
        owner;
    for (const block of item.blocks.slice(head === undefined ? 0 : 1)) {
      if (block.type === 'list') this.#readInnerList(block, inner);
      else if ('language' in block) reportBoxesIn(block, this.#account, this.#diagnostics);
    }
  }

  #readInnerList(list: List, owner: OpenStep | undefined): void {
    for (const item of list.items) this.#readItem(item, owner);
  }

  #readPlain(item: Item, head: Passage | undefined, owner: OpenStep | undefined): void {
    const first = { line: item.line, endLine: lastOwnLine(item) };
    if (owner === undefined) this.#account.mark(first, 'prose');
    else this.#account.mark(first, 'element', owner.task.key);
    if (head === undefined) return;
    if (this.#section?.kind === 'dependencies') this.#dependencies.readText(head.text, placeIn(head));
    else if (owner !== undefined) this.#dependencies.readDetail(owner.task, head);
    else if (this.#section?.kind === 'phase' && beginsWithTaskId(head.text)) this.#reportUnmarked(placeIn(head));
  }

  #readLegend(item: Item, head: Passage, { marker }: Checkbox): void {
    this.#account.mark({ line: item.line, endLine: lastOwnLine(item) }, 'prose');
    this.#account.settleCheckbox(item.line, 'diagnostic');
    reportLegend(marker, placeIn(head), this.#diagnostics);
  }

  /** A checkbox; returns the task it is, if it is one. */
  #readBox(found: FoundBox, owner: OpenStep | undefined): OpenStep | undefined {
    const { lines, head, box } = found;
    if (plainText(box.text) === '') return this.#refuse(lines, head, 'A checkbox without text is no task.');
    const parsed = taskHead(box.text, { anyId: !this.#numbered });
    if (this.#section?.kind === 'legend')
      return this.#refuse(lines, head, 'This checkbox shows how a task is written, and is none.');
    const isTask = parsed.id !== undefined || (!this.#numbered && !this.#isAcceptance(box.text));
    return isTask ? this.#addTask(found, parsed, owner) : this.#addCriterion(found, owner);
  }

  #refuse(lines: Lines, head: Passage, message: string): undefined {
    this.#account.settleCheckbox(lines.line, 'diagnostic');
    this.#account.mark({ line: lines.line, endLine: lines.line }, 'prose');
    this.#diagnostics.report('SPEC_CHECKBOX_IGNORED', placeIn(head), { message, hint: 'Say what is to be done, under a phase.' });
    return undefined;
  }

  #isAcceptance(text: string): boolean {
    return this.#section?.kind === 'acceptance' || says(this.#label, 'acceptance') || namesCriterion(text);
  }

  #addTask(found: FoundBox, head: TaskHead, owner: OpenStep | undefined): OpenStep {
    const { lines, box } = found;
    if (statusOf(box.marker) === 'unknown') reportUnknownMark(box.marker, placeIn(found.head), this.#diagnostics);
    this.#headingOwner?.marks?.push(statusOf(box.marker));
    this.#account.settleCheckbox(lines.line, owner === undefined ? 'task' : 'subTask');
    return this.#takeTask(found, head, owner);
  }

  #takeTask(found: FoundBox, head: TaskHead, owner: OpenStep | undefined): OpenStep {
    const { lines } = found;
    const task = newTask(found, head, this.#around(owner));
    this.#tasks.push(task);
    this.#account.mark(lines, 'element', task.key);
    const step: OpenStep = { task, parallel: head.labels.includes('P'), parts: [] };
    if (owner === undefined) this.#group(this.#section?.group ?? NO_GROUP).push(step);
    else owner.parts.push(step);
    this.#dependencies.readTask(task, head.text, task.source);
    return step;
  }

  #around(owner: OpenStep | undefined): Surroundings {
    const { scope, prefix, stories } = this.#context;
    return { scope, prefix, stories, section: this.#section, owner: owner?.task.key };
  }

  #group(title: string): OpenStep[] {
    const last = this.#groups.at(-1);
    if (last?.title === title) return last.steps;
    const steps: OpenStep[] = [];
    this.#groups.push({ title, steps });
    return steps;
  }

  #addCriterion(found: FoundBox, owner: OpenStep | undefined): undefined {
    const draft = newCriterion(found, this.#around(owner));
    this.#requirements.push(draft);
    this.#account.mark(found.lines, 'element', draft.key);
    this.#account.settleCheckbox(found.lines.line, 'criterion');
    this.#headingOwner?.marks?.push(statusOf(found.box.marker));
    if (owner === undefined) this.#strays.add(placeIn(found.head), this.#isAcceptance(found.box.text));
    return undefined;
  }

  #reportUnmarked(at: Place): void {
    const message = 'A task id without a checkbox: this is no task.';
    this.#diagnostics.report('SPEC_TASK_UNMARKED', at, { message, hint: 'Write `- [ ] ` before it if it is one.' });
  }
}
