import { counted } from '../../../base/text.ts';
import type { LineAccount } from '../../line-account.ts';
import { boxAt, type Checkbox, checkboxOf, isStatusMark } from '../../markdown/checkbox.ts';
import type { Verbatim } from '../../markdown/block.ts';
import { reportVerbatim } from '../../markdown/verbatim.ts';
import { plainText } from '../../markdown/passage.ts';
import type { Box, SourceSpan } from '../../model.ts';
import { shortened } from '../../shortened.ts';
import { lineText } from '../../source-text.ts';
import { says } from '../../work/keywords.ts';
import { reportLegend, reportUnknownMark, statusOf } from '../../work/marks.ts';
import { settleRest } from '../../work/settle-rest.ts';
import { lineNumbers } from '../../work/line-numbers.ts';
import { PLAIN_WORK, type RequirementDraft, type WorkDraft, type WorkReading } from '../../work/work-draft.ts';
import { headingTasks, markOf, statusUnder } from './heading-tasks.ts';
import { folderOf } from './spec-folder.ts';
import type { FolderContext } from './spec-names.ts';
import { rowsOf, type Row } from './rows.ts';
import { Sections } from './sections.ts';
import { isCheckpoint, taskHead, type TaskHead } from './task-head.ts';
import { headingRow, isHeading, type TaskEntry, TaskTree } from './task-tree.ts';
import { readDetails, type ToldCoverage } from './task-details.ts';
import { orderEdges } from './task-order.ts';

/** Reads a `tasks.md`. */
export function readTasks(account: LineAccount, context: FolderContext): WorkReading & { title?: string } {
  return new TasksFile(account, context).read();
}

/** `[-]` is a task that somebody is at. */
const MARKS = { '-': 'doing' } as const;

class TasksFile {
  readonly #account: LineAccount;
  readonly #context: FolderContext;
  readonly #tree = new TaskTree();
  readonly #sections = new Sections();
  readonly #criteria: RequirementDraft[] = [];
  /** Checkboxes among notes. */
  readonly #noted: Row[] = [];
  /** Marks of the criteria of a task. */
  readonly #marks = new Map<TaskEntry, string[]>();
  #headings: ReadonlyMap<number, TaskHead> = new Map();

  constructor(account: LineAccount, context: FolderContext) {
    this.#account = account;
    this.#context = context;
  }

  read(): WorkReading & { title?: string } {
    const { desk } = this.#context;
    const blocks: Verbatim[] = [];
    const { rows, fences } = rowsOf(this.#account, desk, (block) => blocks.push(block));
    this.#headings = headingTasks(rows);
    for (const row of rows) this.#readRow(row);
    for (const entry of this.#tree.entries.toReversed()) this.#settleStatus(entry);
    const drafts = this.#tree.entries.map(({ draft }) => draft);
    this.#context.archive.retire(folderOf(this.#account.source.path), drafts);
    this.#reportTold(this.#tree.entries.flatMap((entry) => this.#finish(entry)));
    this.#reportNoted();
    if (this.#tree.entries.length === 0) this.#reportNoTasks(rows);
    const { edges, graphs } = orderEdges(this.#tree, { rows, fences, account: this.#account, desk });
    for (const block of blocks) {
      if (graphs.has(block)) this.#account.mark(block, 'document');
      else reportVerbatim(block, this.#account, desk.diagnostics);
    }
    settleRest(this.#account, desk);
    const title = this.#sections.title;
    const reading = {
      tasks: drafts,
      requirements: this.#criteria,
      edges: [...this.#explicit(), ...edges],
    };
    return title === undefined ? reading : { ...reading, title };
  }

  #readRow(row: Row): void {
    if (row.block !== undefined) return this.#tree.addDetail(row);
    const box = this.#account.isOpenCheckbox(row.line) ? checkboxOf(lineText(this.#account.source, row.line)) : undefined;
    if (row.heading !== undefined) {
      this.#sections.enter(row.heading, row.line);
      this.#tree.leave(row.heading.level);
      this.#readHeading(row);
    }
    if (box !== undefined) this.#readBox(row, box);
    else if (row.heading === undefined) this.#tree.addDetail(row);
  }

  /** A heading is a task unless a checkbox before it has its number. */
  #readHeading(row: Row): void {
    const head = this.#headings.get(row.line);
    if (head?.id === undefined || this.#tree.has(head.id) || this.#sections.current?.kind !== 'tasks') return;
    const { above } = this.#sections;
    const draft = this.#draftOf(row, head);
    if (above?.milestone === undefined) delete draft.milestone;
    else draft.milestone = above.milestone;
    this.#tree.add({
      row: headingRow(row),
      id: head.id,
      parallel: head.parallel,
      group: above?.line ?? 0,
      depends: [],
      draft,
    });
  }

  #readBox(row: Row, box: Checkbox): void {
    const at = this.#placeOf(row);
    if (!isStatusMark(box.marker)) return this.#refuse(row, () => reportLegend(box.marker, at, this.#context.desk.diagnostics));
    const head = taskHead(box.text);
    const { current } = this.#sections;
    if (head.title === '') return;
    if (/\{\{[^{}]{1,80}\}\}/.test(box.text)) return this.#refuse(row, () => this.#reportTemplate(row));
    if (current?.kind === 'coverage' || (head.id === undefined && this.#isCriterion(row))) return this.#addCriterion(row, head);
    if (head.id === undefined && current?.kind === 'legend') return this.#refuse(row, () => this.#noted.push(row));
    this.#addTask(row, box, head);
  }

  #isCriterion(row: Row): boolean {
    return this.#tree.isAside(row) || (this.#sections.current?.kind === 'acceptance' && !this.#tree.isInside(row));
  }

  #addTask(row: Row, box: Checkbox, head: TaskHead): void {
    const status = statusOf(box.marker, MARKS);
    if (status === 'unknown') reportUnknownMark(box.marker, this.#placeOf(row), this.#context.desk.diagnostics);
    const ownBox = boxAt(lineText(this.#account.source, row.line), row.line);
    const told = head.id === undefined ? undefined : this.#tree.get(head.id);
    if (told !== undefined && isHeading(told)) return this.#tickHeading(told, row, { status, box: ownBox });
    const draft = this.#draftOf(row, head);
    draft.status = status;
    draft.optional ||= box.optional;
    if (ownBox !== undefined) draft.box = ownBox;
    const { current } = this.#sections;
    this.#tree.add({ row, id: head.id, parallel: head.parallel, group: current?.line ?? 0, depends: [], draft });
  }

  #draftOf(row: Row, head: TaskHead): WorkDraft {
    const { current } = this.#sections;
    const milestone = current?.milestone;
    return {
      ...PLAIN_WORK,
      key: `${this.#account.source.path}:${row.line}`,
      scope: this.#context.scope,
      ...(head.id === undefined ? {} : { sourceId: head.id }),
      name: shortened(head.title),
      section: current?.title ?? '',
      source: this.#span(row),
      text: head.title,
      status: 'todo',
      optional: head.optional,
      checkpoint: isCheckpoint(head),
      ...(milestone === undefined ? {} : { milestone }),
      writes: [],
      labels: head.parallel ? ['P'] : [],
    };
  }

  /** A list of tasks that stand as headings above: its checkboxes say how far they are. */
  #tickHeading({ draft }: TaskEntry, row: Row, { status, box }: { status: WorkDraft['status']; box: Box | undefined }): void {
    if (draft.box !== undefined || box === undefined) return this.#refuse(row, () => this.#reportTwice(row, draft));
    draft.box = box;
    draft.status = status;
    this.#account.settleCheckbox(row.line, draft.parent === undefined ? 'task' : 'subTask');
    this.#account.mark({ line: row.line, endLine: row.line }, 'element', draft.key);
  }

  #settleStatus(entry: TaskEntry): void {
    const { draft } = entry;
    if (isHeading(entry) && draft.box === undefined) draft.status = statusUnder(entry, this.#marks.get(entry) ?? []);
  }

  /** Settles what is known only when the whole file is read. */
  #finish(entry: TaskEntry): ToldCoverage[] {
    const { draft } = entry;
    this.#account.settleCheckbox(draft.source.line, draft.parent === undefined ? 'task' : 'subTask');
    const told = readDetails(entry, this.#account, this.#context);
    this.#account.mark({ line: draft.source.line, endLine: draft.source.line }, 'element', draft.key);
    for (const { line, block } of entry.details) {
      if (block === undefined) this.#account.mark({ line, endLine: line }, 'element', draft.key);
    }
    return told;
  }

  #explicit(): WorkReading['edges'] {
    return this.#tree.entries.flatMap(({ draft, depends }) =>
      depends.flatMap(({ id, at }): WorkReading['edges'] => {
        if (this.#tree.has(id))
          return [{ from: draft.key, to: { printed: id, at }, kind: 'explicit', because: `depends on ${id}`, at }];
        const message = `\`${draft.sourceId ?? draft.name}\` depends on \`${id}\`, which is no task of this file.`;
        this.#context.desk.diagnostics.report('SPEC_DEPENDENCY_UNKNOWN', at, { message, hint: 'Correct the id, or remove it.' });
        return [];
      }),
    );
  }

  #addCriterion(row: Row, head: TaskHead): void {
    const { line } = row;
    const task = this.#tree.ownerOf(row);
    const key = `${this.#account.source.path}:${line}`;
    const box = boxAt(lineText(this.#account.source, line), line);
    this.#account.settleCheckbox(line, 'criterion');
    this.#account.mark({ line, endLine: line }, 'element', key);
    if (task === undefined) this.#reportAcceptance(row);
    else this.#markOf(task, markOf(row));
    this.#criteria.push({
      kind: 'requirement',
      requirementKind: task === undefined ? 'checklist' : 'acceptance',
      key,
      scope: this.#context.scope,
      ...(task === undefined ? {} : { parent: task.draft.key }),
      name: shortened(head.title),
      section: this.#sections.current?.title ?? '',
      source: this.#span(row),
      text: plainText(head.id === undefined ? head.title : `${head.id} ${head.title}`),
      ...(box === undefined ? {} : { box }),
    });
  }

  #markOf(task: TaskEntry, mark: string): void {
    const marks = this.#marks.get(task);
    if (marks === undefined) this.#marks.set(task, [mark]);
    else marks.push(mark);
  }

  #refuse(row: Row, report: () => void): void {
    this.#account.settleCheckbox(row.line, 'diagnostic');
    this.#account.mark({ line: row.line, endLine: row.line }, 'prose');
    report();
  }

  #reportTemplate(row: Row): void {
    const hint = 'Fill it in, or remove it.';
    this.#context.desk.diagnostics.report('SPEC_TEMPLATE_TEXT', this.#placeOf(row), {
      message: 'This task is still that of the template.',
      hint,
    });
  }

  #reportTold(told: readonly ToldCoverage[]): void {
    const [first] = told;
    if (first === undefined) return;
    const lines = [...new Set(told.map(({ at }) => at.line))];
    const words = first.words.trim().slice(0, 60);
    const message =
      lines.length === 1
        ? `\`${first.name}\` says in words what it is to fulfil (\`${words}\`), and is linked to no requirement by them.`
        : `${lines.length} lines say in words what a task is to fulfil (\`${words}\` and the like, on lines ${lineNumbers(lines)}); words link it to nothing.`;
    const hint = 'List the ids of the requirements: `_Requirements: 1.1, 1.2_`.';
    this.#context.desk.diagnostics.report('SPEC_COVERAGE_PROSE', first.at, { message, hint });
  }

  #reportNoted(): void {
    const [first] = this.#noted;
    if (first === undefined) return;
    const lines = lineNumbers(this.#noted.map(({ line }) => line));
    const message =
      this.#noted.length === 1
        ? 'This checkbox stands among notes and has no number: it is no task.'
        : `${this.#noted.length} checkboxes stand among notes and have no numbers (lines ${lines}): they are no tasks.`;
    const hint = 'Move them among the tasks if they are some.';
    this.#context.desk.diagnostics.report('SPEC_CHECKBOX_LEGEND', this.#placeOf(first), { message, hint });
  }

  #reportTwice(row: Row, { sourceId = '', box, source }: WorkDraft): void {
    const message = `\`${sourceId}\` stands on line ${box?.line ?? source.line} already; this checkbox is passed over.`;
    this.#context.desk.diagnostics.report('SPEC_ID_REPEATED', this.#placeOf(row), { message, hint: 'Leave one of the two.' });
  }

  #reportAcceptance(row: Row): void {
    if (!this.#sections.isNews()) return;
    const message = `Checkboxes under \`${this.#sections.current?.title ?? ''}\` are taken as criteria, and not as tasks.`;
    this.#context.desk.diagnostics.report('SPEC_CHECKBOX_ACCEPTANCE', this.#placeOf(row), {
      message,
      hint: 'Give them numbers if they are tasks.',
    });
  }

  #reportNoTasks(rows: readonly Row[]): void {
    const named = rows.filter(
      ({ text, heading }) =>
        (heading !== undefined && says(heading.title, 'task') && /\d/.test(text)) || /^\d{1,3}[.)]\s/.test(text),
    );
    const [first = rows[0]] = named;
    if (first === undefined || this.#criteria.length > 0) return;
    const meant = named.length === 0 ? '' : `; ${counted(named.length, 'line')} in it may mean some`;
    const message = `${this.#account.source.path} has no tasks with checkboxes${meant}.`;
    this.#context.desk.diagnostics.report('SPEC_TASK_UNMARKED', this.#placeOf(first), {
      message,
      hint: 'Write tasks as `- [ ] 1. Title`.',
    });
  }

  #placeOf({ line, indent }: Row): { file: string; line: number; column: number } {
    return {
      file: this.#account.source.path,
      line,
      column: Math.max(1, lineText(this.#account.source, line).search(/\S/) + 1) || indent + 1,
    };
  }

  #span(row: Row): SourceSpan {
    return { ...this.#placeOf(row), endLine: row.line };
  }
}
