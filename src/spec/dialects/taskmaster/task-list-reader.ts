import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import type { DiagnosticList } from '../../diagnostic-list.ts';
import type { LineAccount } from '../../line-account.ts';
import type { SourceSpan } from '../../model.ts';
import { shortened } from '../../shortened.ts';
import { placeAt } from '../../source-text.ts';
import { PLAIN_WORK, type EdgeDraft, type WorkDraft } from '../../work/work-draft.ts';
import type { LocatedJson } from './located-json.ts';
import { isList, type TaskList } from './task-lists.ts';
import { detailsOf, textOf, writesOf } from './task-fields.ts';
import { taskPriority, taskStatus } from './task-words.ts';

export interface ListPlace {
  account: LineAccount;
  json: LocatedJson;
  /** What the ids of the list are unique in. */
  scope: string;
  milestone: string | undefined;
}

/** A task with what is needed to look up its dependencies. */
interface Entry {
  draft: WorkDraft;
  raw: JsonObject;
  /** Printed id of the task it is part of. */
  within: string | undefined;
}

/** Reads the tasks of one tag. Ids of sub-tasks are made absolute, as the tool itself prints them: `12.3`. */
export class TaskListReader {
  readonly tasks: WorkDraft[] = [];
  readonly edges: EdgeDraft[] = [];
  readonly #place: ListPlace;
  readonly #diagnostics: DiagnosticList;
  readonly #entries: Entry[] = [];
  readonly #keys = new Map<string, string>();

  constructor(place: ListPlace, diagnostics: DiagnosticList) {
    this.#place = place;
    this.#diagnostics = diagnostics;
  }

  read({ tasks }: TaskList): void {
    this.#readTasks(tasks, undefined);
    for (const entry of this.#entries) this.#readDependencies(entry);
  }

  #readTasks(tasks: readonly JsonValue[], parent: WorkDraft | undefined): void {
    for (const [index, raw] of tasks.entries()) {
      if (isJsonObject(raw)) this.#readTask(raw, parent);
      else this.#reportEntry(this.#place.json.elementAt(tasks, index));
    }
  }

  #readTask(raw: JsonObject, parent: WorkDraft | undefined): void {
    const { account, scope, milestone } = this.#place;
    const source = this.#spanOf(raw);
    const sourceId = absoluteId(textOf(raw['id']), parent?.sourceId);
    const title = textOf(raw['title']) ?? textOf(raw['description']) ?? `Task ${sourceId ?? ''}`.trim();
    const { status, label } = this.#statusOf(raw, source);
    const category = textOf(raw['category']);
    const draft: WorkDraft = {
      ...PLAIN_WORK,
      key: `${source.file}@${this.#place.json.spanOf(raw).start}`,
      scope,
      name: shortened(title),
      section: parent?.name ?? milestone ?? 'Tasks',
      source,
      text: title,
      status,
      writes: writesOf(raw),
      labels: [label, category].filter((each) => each !== undefined),
    };
    if (sourceId !== undefined) draft.sourceId = sourceId;
    if (parent !== undefined) draft.parent = parent.key;
    if (milestone !== undefined) draft.milestone = milestone;
    addDetails(draft, raw, parent);
    account.mark(source, 'element', draft.key);
    this.#add({ draft, raw, within: parent?.sourceId });
    const subTasks = raw['subtasks'];
    if (isList(subTasks)) this.#readTasks(subTasks, draft);
  }

  #add(entry: Entry): void {
    const { sourceId, key } = entry.draft;
    if (sourceId !== undefined && !this.#keys.has(sourceId)) this.#keys.set(sourceId, key);
    this.tasks.push(entry.draft);
    this.#entries.push(entry);
  }

  #statusOf(raw: JsonObject, at: SourceSpan): ReturnType<typeof taskStatus> {
    const written = textOf(raw['status']);
    if (written === undefined) return { status: 'todo' };
    const found = taskStatus(written);
    if (found.status === 'unknown') {
      const message = `The status \`${written}\` is not known; the task is taken as open.`;
      const hint = 'Write pending, in-progress, review, done, completed, blocked, deferred or cancelled.';
      this.#diagnostics.report('SPEC_STATUS_UNKNOWN', at, { message, hint });
    }
    return found;
  }

  #readDependencies({ draft, raw, within }: Entry): void {
    const written = raw['dependencies'];
    const list = isList(written) ? written : [];
    const single = isList(written) ? undefined : textOf(written);
    const needs = list.map((each, index) => ({ printed: dependencyOf(each), offset: this.#place.json.elementAt(list, index) }));
    for (const printed of single?.split(/[,\s]+/) ?? []) needs.push({ printed, offset: this.#place.json.spanOf(raw).start });
    for (const { printed, offset } of needs)
      if (printed !== undefined && printed !== '') this.#addEdge({ draft, within }, printed, offset);
  }

  #addEdge({ draft, within }: Pick<Entry, 'draft' | 'within'>, printed: string, offset: number): void {
    const { account } = this.#place;
    const place = placeAt(account.source, offset);
    const at: SourceSpan = { ...place, endLine: place.line };
    const key = this.#find(printed, within);
    if (key !== undefined) {
      this.edges.push({ from: draft.key, to: { key }, kind: 'explicit', because: `depends on ${printed}`, at });
      return;
    }
    const message = `\`${draft.sourceId ?? draft.name}\` depends on \`${printed}\`, which is no task of its list.`;
    this.#diagnostics.report('SPEC_DEPENDENCY_UNKNOWN', at, { message, hint: 'Correct the id, or remove it.' });
  }

  /** A plain number inside a task means its sibling there; with a dot it is absolute. */
  #find(printed: string, within: string | undefined): string | undefined {
    const sibling = within === undefined ? undefined : this.#keys.get(`${within}.${printed}`);
    const absolute = this.#keys.get(printed);
    return printed.includes('.') ? (absolute ?? sibling) : (sibling ?? absolute);
  }

  #reportEntry(offset: number): void {
    const message = 'This entry of the list of tasks is no task.';
    const hint = 'A task is an object with `id` and `title`.';
    this.#diagnostics.report('SPEC_ENTRY_IGNORED', placeAt(this.#place.account.source, offset), { message, hint });
  }

  #spanOf(raw: JsonObject): SourceSpan {
    const { account, json } = this.#place;
    const { start, end } = json.spanOf(raw);
    return { ...placeAt(account.source, start), endLine: placeAt(account.source, end).line };
  }
}

function addDetails(draft: WorkDraft, raw: JsonObject, parent: WorkDraft | undefined): void {
  const details = detailsOf(raw, draft.text);
  const priority = taskPriority(textOf(raw['priority']) ?? '') ?? parent?.priority;
  if (details !== undefined) draft.details = details;
  if (priority !== undefined) draft.priority = priority;
}

/** `2` inside of task `1` is `1.2`, as which it may be printed already. */
function absoluteId(printed: string | undefined, within: string | undefined): string | undefined {
  if (printed === undefined || within === undefined || printed.startsWith(`${within}.`)) return printed;
  return `${within}.${printed}`;
}

/** An id, or an object that has one. */
function dependencyOf(value: JsonValue): string | undefined {
  return textOf(isJsonObject(value) ? (value['id'] ?? value['taskId']) : value);
}
