import { counted } from '../../../base/text.ts';
import { DiagnosticList } from '../../diagnostic-list.ts';
import type { Desk } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import type { SourceSpan, WorkStatus } from '../../model.ts';
import { isSettled } from '../../work/marks.ts';
import { reportOrderProse } from '../../work/order-prose.ts';
import { type Group, sequenceEdges, type Step } from '../../work/sequence.ts';
import { settleRest } from '../../work/settle-rest.ts';
import type { EdgeDraft, RequirementDraft, WorkDraft } from '../../work/work-draft.ts';
import { type Building, criterionDraft, type FileFacts, workDraft } from './task-builder.ts';
import { type NeedsContext, ownNeeds, sectionNeeds, type TextLine } from './task-needs.ts';
import { TaskScanner } from './task-scanner.ts';
import { reportNumbers, reportUnmarked } from './task-lints.ts';

/** What a task file gave. */
export interface TasksReading {
  title: string | undefined;
  tasks: WorkDraft[];
  criteria: RequirementDraft[];
  edges: EdgeDraft[];
}

export interface TaskFile {
  account: LineAccount;
  scope: string;
  /** Put before the titles of groups, so that those of several changes can be told apart. */
  prefix: string;
  archived: boolean;
}

/** Reads one `tasks.md`. In an archived change nothing is to be done any more: what is open there was never done. */
export function readTasks({ account, scope, prefix, archived }: TaskFile, desk: Desk): TasksReading {
  const scanner = new TaskScanner(account, desk);
  scanner.scan();
  const facts: FileFacts = { file: account.source.path, scope, prefix };
  const { all } = scanner.groups;
  for (const task of all.toReversed()) settleStatus(task, archived);
  const drafts = new Map<Building, WorkDraft>(
    all.filter((each) => !each.isCriterion).map((each) => [each, workDraft(each, facts)]),
  );
  const criteria = all.filter((each) => each.isCriterion).map((each) => criterionDraft(each, facts));
  for (const each of all) account.mark({ line: each.line, endLine: each.endLine }, 'element', each.key);
  for (const each of all) settleBox(each, account);
  reportCriteria(all, account, desk);
  if (archived) reportLeftOpen(all, account, desk);
  else {
    reportNumbers(scanner.groups.groups, account, desk);
    reportUnmarked(scanner.groups.unmarked, account, desk);
  }
  const edges = edgesOf({ scanner, drafts, account }, archived ? new DiagnosticList() : desk.diagnostics);
  settleRest(account, desk, 'where it is no task');
  return { title: scanner.title, tasks: [...drafts.values()], criteria, edges };
}

const DONE_WORD =
  /\b(?:done|completed?|finished|implemented)\b|✅|✓|✔|完成|完了|已完成|완료|complet(?:o|ad[oa]|é)|terminé|hecho|concluíd[oa]|fertig|erledigt|tamamland/iu;
const STATUS_LINE = /^\W*(?:status|状态|狀態|状況|ステータス|상태|estado|état|statut|durum)\W*[:：](.*)$/iu;
const NOT_DONE = /\b(?:not|in|to be|un|partially|pending|todo|no)\b|未|미완|진행/iu;

/** A task that is written as a heading has no box: its status is what its signs, its status line or its parts say. */
function settleStatus(task: Building, archived: boolean): void {
  if (task.isHeading && task.box === undefined && task.status === 'unknown')
    task.status = statedStatus(task) ?? (archived ? 'done' : 'todo');
  if (archived && task.status !== 'done') task.status = 'cancelled';
}

function statedStatus({ details, parts }: Building): WorkStatus | undefined {
  const stated = details.flatMap(({ text }) => STATUS_LINE.exec(text.slice(0, 200))?.[1] ?? [])[0];
  if (stated !== undefined) return DONE_WORD.test(stated) && !NOT_DONE.test(stated) ? 'done' : 'todo';
  const statuses = parts.map((part) => part.status);
  if (statuses.length > 0) return statuses.every(isSettled) ? 'done' : 'todo';
  const signs = details.flatMap(({ text }) => /^\s*[-*+]\s+(✅|☑|✔|✓|❌|⏳|⬜|🔲|☐|🚧|🔄)/u.exec(text)?.[1] ?? []);
  if (signs.length === 0) return undefined;
  return signs.every((sign) => /[✅☑✔✓]/u.test(sign)) ? 'done' : 'todo';
}

function settleBox(task: Building, account: LineAccount): void {
  account.settleCheckbox(
    task.box?.line ?? task.line,
    task.isCriterion ? 'criterion' : task.parent === undefined ? 'task' : 'subTask',
  );
}

function reportCriteria(all: readonly Building[], account: LineAccount, { diagnostics }: Desk): void {
  const criteria = all.filter((each) => each.isCriterion);
  const [first] = criteria;
  if (first === undefined) return;
  const is =
    criteria.length === 1
      ? 'stands in a list of what must hold, and is no task'
      : 'stand in lists of what must hold, and are no tasks';
  const message = `${counted(criteria.length, 'checkbox', 'checkboxes')} of this file ${is}.`;
  const hint = 'Give them numbers if they are tasks.';
  diagnostics.report(
    'SPEC_CHECKBOX_ACCEPTANCE',
    { file: account.source.path, line: first.line, column: first.column },
    { message, hint },
  );
}

function reportLeftOpen(all: readonly Building[], account: LineAccount, { diagnostics }: Desk): void {
  const open = all.filter((each) => each.status === 'cancelled' && each.box !== undefined && !each.isCriterion);
  const [first] = open;
  if (first === undefined) return;
  const message = `${counted(open.length, 'checkbox', 'checkboxes')} of this archived change ${open.length === 1 ? 'is' : 'are'} not ticked.`;
  const hint = 'They count as cancelled. Tick them if they were done, or take them into a new change.';
  diagnostics.report(
    'OPENSPEC_ARCHIVED_OPEN',
    { file: account.source.path, line: first.line, column: first.column },
    { message, hint },
  );
}

interface Sources {
  scanner: TaskScanner;
  drafts: ReadonlyMap<Building, WorkDraft>;
  account: LineAccount;
}

/** `diagnostics` takes what is written in sentences; in an archived change nobody has to hear of it. */
function edgesOf({ scanner, drafts, account }: Sources, diagnostics: DiagnosticList): EdgeDraft[] {
  const { groups, all, dependencyLines } = scanner.groups;
  const stepOf = (task: Building): Step[] => {
    const draft = drafts.get(task);
    return draft === undefined ? [] : [{ task: draft, parallel: task.head.parallel, parts: task.parts.flatMap(stepOf) }];
  };
  const steps = groups.map(({ title, tasks }): Group => ({ title, steps: tasks.flatMap(stepOf) }));
  const lastOfGroup = new Map(
    groups.flatMap(({ number, tasks }) => {
      const last = tasks.findLast((each) => drafts.has(each));
      const draft = last === undefined ? undefined : drafts.get(last);
      return number === undefined || draft === undefined ? [] : [[number, draft] as const];
    }),
  );
  const byId = new Map(
    [...drafts.values()]
      .toReversed()
      .flatMap((draft) => (draft.sourceId === undefined ? [] : [[draft.sourceId, draft] as const])),
  );
  const context: NeedsContext = { byId, lastOfGroup, prose: [] };
  const at = (line: number): SourceSpan => ({ file: account.source.path, line, column: 1, endLine: line });
  const own = all.flatMap((task) => {
    const draft = drafts.get(task);
    return draft === undefined ? [] : ownNeeds(draft, ownLines(task, at), context);
  });
  const section = sectionNeeds(
    dependencyLines.map(({ text, line }) => ({ text, at: at(line) })),
    context,
  );
  reportOrderProse(context.prose, diagnostics, 'Write `1.3 depends on 1.2`, or `1.2 → 1.3`.');
  return [...sequenceEdges(steps), ...own, ...section];
}

/** The task's text, as one line, and what is written below it. */
function ownLines({ words, line, details }: Building, at: (line: number) => SourceSpan): TextLine[] {
  return [{ text: words.join(' '), at: at(line) }, ...details.map((each) => ({ text: each.text, at: at(each.line) }))];
}
