import type { Desk } from '../../dialect.ts';
import { type FrontField, type FrontText, readFrontFields } from '../../documents/front-fields.ts';
import type { LineAccount } from '../../line-account.ts';
import type { SourceSpan, TaskPriority, WorkStatus } from '../../model.ts';
import { shortened } from '../../shortened.ts';
import { lineStart, lineText } from '../../source-text.ts';
import { isSettled } from '../../work/marks.ts';
import { type EdgeDraft, PLAIN_WORK, type WorkDraft, type WorkReading } from '../../work/work-draft.ts';
import { aliasesOf, idInName, type Place } from './folders.ts';
import { boardStatus, type StatusOrder } from './read-config.ts';
import { readBoxes } from './read-boxes.ts';

export interface TaskPlace {
  place: Place;
  scope: string;
  statuses: StatusOrder;
}

type Fields = ReadonlyMap<string, FrontField>;

/** Reads one task with its criteria and steps; undefined for a file that is no task. */
export function readTask(account: LineAccount, desk: Desk, where: TaskPlace): WorkReading | undefined {
  const { source } = account;
  if (!/^---\s*$/.test(lineText(source, 1))) return undefined;
  const { lineCount, fields } = readFrontFields(source, desk.diagnostics);
  const id = fields.get('id')?.text ?? idInName(source.path);
  const title = fields.get('title')?.text;
  if (lineCount === 0 || id === undefined || (title === undefined && !fields.has('status')) || isDocument(id, fields))
    return undefined;
  account.mark({ line: 1, endLine: source.lineCount }, 'element', source.path);
  account.mark({ line: 1, endLine: lineCount }, 'document', source.path);
  const task = taskOf({ id, title: title ?? id, fields, bodyFrom: lineCount + 1 }, account, { ...where, desk });
  const boxes = readBoxes(task, account, { desk, from: lineCount + 1 });
  return {
    tasks: [{ ...task, covers: boxes.requirements.map(({ key }) => ({ key })) }, ...boxes.steps],
    requirements: boxes.requirements,
    edges: [...edgesOf(task, fields), ...boxes.edges],
  };
}

/** The tool's documents have ids and titles too, and no status. */
function isDocument(id: string, fields: Fields): boolean {
  return /^doc-\d/i.test(id) && !fields.has('status');
}

interface Head {
  id: string;
  title: string;
  fields: Fields;
  bodyFrom: number;
}

function taskOf({ id, title, fields, bodyFrom }: Head, account: LineAccount, where: TaskPlace & { desk: Desk }): WorkDraft {
  const { source } = account;
  const task: WorkDraft = {
    ...PLAIN_WORK,
    key: source.path,
    scope: where.scope,
    sourceId: id,
    aliases: aliasesOf(id),
    name: shortened(title),
    section: source.path,
    source: { file: source.path, line: 1, column: 1, endLine: source.lineCount },
    text: title,
    status: statusIn(fields, id, where),
    writes: [],
    labels: (fields.get('labels')?.items ?? []).map(({ text }) => text),
  };
  const details = source.text.slice(lineStart(source, bodyFrom)).trim();
  if (details !== '') task.details = details;
  const parent = (fields.get('parent_task_id') ?? fields.get('parent'))?.text ?? wholeOf(id);
  if (parent !== undefined) task.parent = `id:${parent}`;
  const milestone = fields.get('milestone')?.text;
  if (milestone !== undefined) task.milestone = milestone;
  const priority = priorityOf(fields.get('priority')?.text);
  if (priority !== undefined) task.priority = priority;
  return task;
}

/** `task-4` of `task-4.1`. */
function wholeOf(id: string): string | undefined {
  return /^(.*\d)\.\d+$/.exec(id)?.[1];
}

function priorityOf(text = ''): TaskPriority | undefined {
  const words: Record<string, TaskPriority> = {
    critical: 'P0',
    urgent: 'P0',
    highest: 'P0',
    high: 'P0',
    medium: 'P1',
    normal: 'P1',
    low: 'P2',
    lowest: 'P2',
  };
  const plain = text.toLowerCase();
  if (/^p[0-2]$/.test(plain)) return plain === 'p0' ? 'P0' : plain === 'p1' ? 'P1' : 'P2';
  return Object.hasOwn(words, plain) ? words[plain] : undefined;
}

/** What was completed is done; what was archived is not to be done any more. */
function statusIn(fields: Fields, id: string, { place, statuses, desk }: TaskPlace & { desk: Desk }): WorkStatus {
  const field = fields.get('status');
  const status = field?.text === undefined ? 'todo' : boardStatus(field.text, statuses);
  if (place === 'completed') return status === 'cancelled' ? status : 'done';
  if (place === 'archived') return status !== undefined && isSettled(status) ? status : 'cancelled';
  if (status !== undefined || field === undefined) return status ?? 'todo';
  const message = `\`${id}\` has the status \`${field.text ?? ''}\`, which is not known; it is taken as open.`;
  desk.diagnostics.report('SPEC_STATUS_UNKNOWN', field.at, {
    message,
    hint: 'List it under `statuses:` of the configuration: its last one is done.',
  });
  return 'unknown';
}

const LONGEST_ID = 80;

function edgesOf(task: WorkDraft, fields: Fields): EdgeDraft[] {
  const printed = ['dependencies', 'depends_on'].flatMap((key) => fields.get(key)?.items.flatMap(idsIn) ?? []);
  return printed.map(({ text, at }): EdgeDraft => ({
    from: task.key,
    to: { printed: text, at },
    kind: 'explicit',
    because: `depends on ${text}`,
    at,
  }));
}

/** `task-1, task-2` in one value are two. */
function idsIn({ text, at }: FrontText): { text: string; at: SourceSpan }[] {
  const parts = text.replace(/^\[|\]$/g, '').split(/[,;，、；]/);
  return parts
    .map((part) => part.trim().slice(0, LONGEST_ID))
    .filter((part) => part !== '')
    .map((part) => ({ text: part, at }));
}
