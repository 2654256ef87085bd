import type { DiagnosticList } from '../../diagnostic-list.ts';
import type { Desk } from '../../dialect.ts';
import { type Block, type Heading, type Item, itemHead, type Lines, type List } from '../../markdown/block.ts';
import { boxAt, type Checkbox, checkboxIn, isStatusMark } from '../../markdown/checkbox.ts';
import { type Passage, placeIn, plainText } from '../../markdown/passage.ts';
import { reportVerbatim } from '../../markdown/verbatim.ts';
import type { LineAccount } from '../../line-account.ts';
import type { SourceSpan } from '../../model.ts';
import { shortened } from '../../shortened.ts';
import { lineText, type Place } from '../../source-text.ts';
import { says } from '../../work/keywords.ts';
import { reportLegend, reportUnknownMark, statusOf } from '../../work/marks.ts';
import { type Group, sequenceEdges, type Step } from '../../work/sequence.ts';
import { PLAIN_WORK, type RequirementDraft, type WorkDraft, type WorkReading } from '../../work/work-draft.ts';
import { DependencyReader } from './dependencies.ts';
import { namedPaths } from './named-paths.ts';
import { type Section, sectionOf } from './sections.ts';
import type { StoryBook } from './story-book.ts';
import { beginsWithTaskId, taskHead } from './task-head.ts';

export interface TasksContext {
  desk: Desk;
  /** Part of the ids. */
  scope: string;
  /** Before the titles of phases, where the bundle has many features. */
  prefix: string;
  stories: StoryBook;
}

/** Reads `tasks.md`: checkboxes with ids are tasks, in phases; the rest is accounted for. */
export function readTasks(account: LineAccount, blocks: readonly Block[], context: TasksContext): WorkReading {
  const reader = new TasksReader(account, context, hasTaskIds(account));
  reader.read(blocks);
  return reader.finish();
}

const NUMBERED_BOX = /^[\t >]*(?:#{1,6}[\t ]+)?(?:[-*+]|\d{1,9}[.)])[\t ]+\[.?\][\t ]*[*_`~[]{0,4}T\d/m;

/** Where some tasks are numbered, a checkbox without a number is none. */
function hasTaskIds({ source }: LineAccount): boolean {
  return NUMBERED_BOX.test(source.text);
}

interface OpenStep extends Step {
  task: WorkDraft;
  parts: OpenStep[];
}

/** A task that criteria and parts below it belong to. */
interface Owner {
  step: OpenStep;
}

class TasksReader {
  readonly #account: LineAccount;
  readonly #context: TasksContext;
  readonly #diagnostics: DiagnosticList;
  readonly #numbered: boolean;
  readonly #dependencies: DependencyReader;
  readonly #tasks: WorkDraft[] = [];
  readonly #requirements: RequirementDraft[] = [];
  readonly #groups: { title: string; steps: OpenStep[] }[] = [];
  #section: Section | undefined;
  #sectionLevel = 0;
  /** The task whose heading the text stands under. */
  #headingOwner: (Owner & { level: number }) | undefined;
  /** The last words before a list: `**Acceptance:**`. */
  #label = '';
  /** Checkboxes without an id, in this section. */
  #stray: { at: Place; count: number; accepted: boolean } | undefined;

  constructor(account: LineAccount, context: TasksContext, numbered: boolean) {
    this.#account = account;
    this.#context = context;
    this.#diagnostics = context.desk.diagnostics;
    this.#numbered = numbered;
    this.#dependencies = new DependencyReader(account, this.#diagnostics);
  }

  read(blocks: readonly Block[]): void {
    for (const block of blocks) this.#readBlock(block);
    this.#closeStray();
  }

  finish(): WorkReading {
    const edges = [...this.#dependencies.edges(this.#tasks), ...sequenceEdges(this.#groups satisfies Group[])];
    return { tasks: this.#tasks, requirements: this.#requirements, edges };
  }

  #readBlock(block: Block): void {
    if (block.type === 'heading') return this.#readHeading(block);
    if (block.type === 'list') return this.#readList(block, undefined);
    if (block.type === 'paragraph') return this.#readParagraph(block.text, block);
    if (this.#section?.kind === 'dependencies') this.#dependencies.readVerbatim(block);
    reportVerbatim(block, this.#account, this.#diagnostics);
  }

  #readHeading(heading: Heading): void {
    this.#account.mark(heading, 'heading');
    this.#closeStray();
    this.#label = '';
    if (this.#headingOwner !== undefined && heading.level <= this.#headingOwner.level) this.#headingOwner = undefined;
    const written = heading.text.text.replace(/^[-*+]\s+/, '');
    const box = checkboxIn(written);
    if (box !== undefined && isStatusMark(box.marker)) return this.#readBoxHeading(heading, box);
    if (beginsWithTaskId(written) && this.#section?.kind !== 'dependencies') this.#reportUnmarked(placeIn(heading.text));
    const level = heading.level;
    const section = sectionOf(heading, this.#section, this.#sectionLevel);
    if (section.group !== this.#section?.group || level <= this.#sectionLevel) this.#sectionLevel = level;
    if (level > 1) this.#section = section;
  }

  /** `### - [x] T008 [US1] …`: what follows up to the next heading belongs to it. */
  #readBoxHeading(heading: Heading, box: Checkbox): void {
    const step = this.#readBox({ lines: heading, head: heading.text, box, details: undefined }, undefined);
    if (step !== undefined) this.#headingOwner = { step, level: heading.level };
  }

  #readParagraph(text: Passage, lines: Lines): void {
    this.#label = text.text;
    this.#account.mark(lines, 'prose');
    const kind = this.#section?.kind;
    if (kind === 'dependencies') this.#dependencies.readLines(lines);
    else if (kind === 'phase' && /^\|[^\n|]*T\d{2,6}/m.test(text.text.slice(0, 2000))) this.#reportUnmarked(placeIn(text));
  }

  #readList(list: List, owner: OpenStep | undefined): void {
    for (const item of list.items) this.#readItem(item, owner ?? this.#headingOwner?.step);
    if (owner === undefined) this.#closeStray();
  }

  #readItem(item: Item, owner: OpenStep | undefined): void {
    const head = itemHead(item);
    const box = head === undefined ? undefined : checkboxIn(head.text);
    let inner = owner;
    if (head === undefined || box === undefined) this.#readPlain(item, head, owner);
    else if (!isStatusMark(box.marker)) this.#readLegend(item, head, box);
    else inner = this.#readBox({ lines: item, head, box, details: detailsOf(item, this.#account) }, owner) ?? owner;
    for (const block of item.blocks.slice(head === undefined ? 0 : 1)) {
      if (block.type === 'list') this.#readInnerList(block, inner);
      else if ('language' in block) reportVerbatim(block, this.#account, this.#diagnostics);
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
    return this.#section?.kind === 'acceptance' || says(this.#label, 'acceptance') || CRITERION_ID.test(text);
  }

  #addTask({ lines, head, box, details }: FoundBox, parsed: ReturnType<typeof taskHead>, owner: OpenStep | undefined): OpenStep {
    const { account, section } = { account: this.#account, section: this.#section };
    const source = spanOf(head, lines);
    const status = statusOf(box.marker);
    const at = placeIn(head);
    if (status === 'unknown') reportUnknownMark(box.marker, at, this.#diagnostics);
    const text = plainText(parsed.text).replace(/\s*[✅✔☑]️?\s*$/u, '') || (parsed.id ?? box.text);
    const place = boxAt(lineText(account.source, lines.line), lines.line);
    const covers = this.#context.stories.covers({ labels: parsed.labels, text: parsed.text, story: section?.story, at: source });
    const task: WorkDraft = {
      ...PLAIN_WORK,
      key: `${source.file}:${source.line}`,
      scope: this.#context.scope,
      name: shortened(text),
      section: section?.title ?? '',
      source,
      text,
      status,
      optional:
        box.optional ||
        parsed.labels.includes('OPTIONAL') ||
        /^\(?optional\b/i.test(text) ||
        /\(optional\)/i.test(text.slice(0, 300)),
      milestone: `${this.#context.prefix}${section?.group ?? 'Tasks'}`,
      writes: namedPaths(parsed.text, { files: parsed.labels.includes('P') }),
      labels: parsed.labels,
      covers,
      ...(details === undefined ? {} : { details }),
      ...(parsed.id === undefined ? {} : { sourceId: parsed.id }),
      ...(place === undefined ? {} : { box: place }),
      ...(owner === undefined ? {} : { parent: owner.task.key }),
    };
    const priority = this.#context.stories.priorityOf(parsed.labels, section?.story);
    if (priority !== undefined) task.priority = priority;
    this.#tasks.push(task);
    account.mark(lines, 'element', task.key);
    account.settleCheckbox(lines.line, owner === undefined ? 'task' : 'subTask');
    const step: OpenStep = { task, parallel: parsed.labels.includes('P'), parts: [] };
    if (owner === undefined) this.#group(section?.group ?? 'Tasks').push(step);
    else owner.parts.push(step);
    this.#dependencies.readTask(task, parsed.text, source);
    return step;
  }

  #group(title: string): OpenStep[] {
    const last = this.#groups.at(-1);
    if (last?.title === title) return last.steps;
    const steps: OpenStep[] = [];
    this.#groups.push({ title, steps });
    return steps;
  }

  /** A checkbox that tells when something is finished. */
  #addCriterion({ lines, head, box }: FoundBox, owner: OpenStep | undefined): undefined {
    const source = spanOf(head, lines);
    const text = plainText(box.text);
    const place = boxAt(lineText(this.#account.source, lines.line), lines.line);
    const sourceId = CRITERION_ID.exec(box.text.slice(0, 60))?.[1];
    const parent =
      owner?.task.key ?? this.#context.stories.keyOf(CRITERION_STORY.exec(sourceId ?? '')?.[1] ?? this.#section?.story);
    const draft: RequirementDraft = {
      kind: 'requirement',
      requirementKind: 'criterion',
      key: `${source.file}:${source.line}`,
      scope: this.#context.scope,
      name: shortened(text),
      section: this.#section?.title ?? '',
      source,
      text,
      ...(sourceId === undefined ? {} : { sourceId }),
      ...(place === undefined ? {} : { box: place }),
      ...(parent === undefined ? {} : { parent }),
    };
    this.#requirements.push(draft);
    this.#account.mark(lines, 'element', draft.key);
    this.#account.settleCheckbox(lines.line, 'criterion');
    if (owner === undefined) this.#countStray(placeIn(head), this.#isAcceptance(box.text));
    return undefined;
  }

  #countStray(at: Place, accepted: boolean): void {
    if (this.#stray?.accepted !== accepted) this.#closeStray();
    this.#stray ??= { at, count: 0, accepted };
    this.#stray.count += 1;
  }

  /** One report for each list of checkboxes that are no tasks. */
  #closeStray(): void {
    const stray = this.#stray;
    this.#stray = undefined;
    if (stray === undefined) return;
    const { at, count, accepted } = stray;
    const boxes = count === 1 ? 'This checkbox' : `These ${count} checkboxes`;
    const verb = count === 1 ? 'is a criterion' : 'are criteria';
    if (accepted) {
      const message = `${boxes} ${verb} of acceptance, and no task.`;
      this.#diagnostics.report('SPEC_CHECKBOX_ACCEPTANCE', at, { message, hint: 'Give it an id, in a phase, if it is a task.' });
    } else {
      const message = `${boxes} among numbered tasks ${count === 1 ? 'has' : 'have'} no number: kept as ${count === 1 ? 'a criterion' : 'criteria'}, not run.`;
      this.#diagnostics.report('SPEC_TASK_WITHOUT_ID', at, {
        message,
        hint: 'Number it, as in `- [ ] T012 …`, if it is a task.',
      });
    }
  }

  #reportUnmarked(at: Place): void {
    const message = 'A task id without a checkbox: this is no task.';
    this.#diagnostics.report('SPEC_TASK_UNMARKED', at, { message, hint: 'Write `- [ ] ` before it if it is one.' });
  }
}

interface FoundBox {
  lines: Lines;
  head: Passage;
  box: Checkbox;
  details: string | undefined;
}

/** `US1-AC4: …`: the fourth criterion of the first story. */
const CRITERION_ID = /^[*_`]{0,3}((?:US-?\d{1,3}[-/.\s]?)?(?:AC|SC|DOD|AS)-?\d{1,3})(?=[\s:：.*_`)])/i;
const CRITERION_STORY = /^US-?(\d{1,3}[a-z]?)/i;

function spanOf(head: Passage, { line, endLine }: Lines): SourceSpan {
  const { file, column } = placeIn(head);
  return { file, line, column, endLine };
}

/** The last line of an item before the lists in it. */
function lastOwnLine(item: Item): number {
  const list = item.blocks.find((block) => block.type === 'list');
  return list === undefined ? item.endLine : Math.max(item.line, list.line - 1);
}

const MAX_DETAILS = 20_000;

/** What stands under a task up to the first checkbox there, as written. */
function detailsOf(item: Item, { source }: LineAccount): string | undefined {
  const from = (itemHead(item) === undefined ? item.line : (item.blocks[0]?.endLine ?? item.line)) + 1;
  const lines: string[] = [];
  let length = 0;
  for (let line = from; line <= item.endLine && length < MAX_DETAILS; line++) {
    const text = lineText(source, line);
    lines.push(text);
    length += text.length;
  }
  const details = lines.join('\n').trim();
  return details === '' ? undefined : details;
}
