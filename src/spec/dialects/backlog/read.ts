import type { Desk, Reading } from '../../dialect.ts';
import { readDocument } from '../../documents/read-document.ts';
import { isMarkdown, type LineAccount } from '../../line-account.ts';
import { passOver, passOverByContent } from '../../work/pass-over.ts';
import type { WorkDraft } from '../../work/work-draft.ts';
import { isConfig, isTaskPlace, placeOf, rootOf } from './folders.ts';
import { readConfig, type StatusOrder } from './read-config.ts';
import { readTask } from './read-task.ts';

/** Reads a backlog. */
export function read(desk: Desk): Reading {
  const first = desk.accounts[0]?.source.path ?? '';
  const reading: Reading & { work: NonNullable<Reading['work']> } = {
    source: { file: first, line: 1, column: 1, endLine: 1 },
    outsideParties: [],
    drafts: [],
    work: { tasks: [], requirements: [], edges: [] },
    namesRepeat: true,
  };
  const statuses = readConfigs(desk, reading);
  const roots = new Set(desk.accounts.flatMap(({ source }) => (isTaskPlace(source.path) ? (rootOf(source.path) ?? []) : [])));
  for (const account of desk.accounts) {
    const { path } = account.source;
    const root = rootOf(path) ?? '';
    if (isConfig(path)) continue;
    if (!isMarkdown(path)) reading.drafts.push(...readDocument(account, desk));
    else readMarkdown(account, { desk, reading, scope: roots.size > 1 ? root : '', statuses: statuses.get(root) ?? [] });
  }
  linkParents(reading.work.tasks);
  return reading;
}

function readConfigs(desk: Desk, reading: Reading): Map<string, StatusOrder> {
  const statuses = new Map<string, StatusOrder>();
  for (const account of desk.accounts) {
    if (!isConfig(account.source.path)) continue;
    const config = readConfig(account, desk);
    statuses.set(rootOf(account.source.path) ?? '', config.statuses);
    if (config.title !== undefined && reading.title === undefined) {
      reading.title = config.title;
      reading.source = { file: account.source.path, line: 1, column: 1, endLine: account.source.lineCount };
    }
  }
  return statuses;
}

const REASONS = {
  context: 'is written beside the tasks',
  draft: 'is a draft, and no task yet',
  outside: 'lies outside of the backlog',
  note: 'has no front matter of a task',
} as const;

interface Place {
  desk: Desk;
  reading: Reading & { work: NonNullable<Reading['work']> };
  scope: string;
  statuses: StatusOrder;
}

function readMarkdown(account: LineAccount, { desk, reading, scope, statuses }: Place): void {
  const place = placeOf(account.source.path);
  if (place === 'context' || place === 'draft' || place === 'outside') return passOver(account, REASONS[place]);
  const found = readTask(account, desk, { place, scope, statuses });
  if (found === undefined) return passOverByContent(account, REASONS.note);
  reading.work.tasks.push(...found.tasks);
  reading.work.requirements.push(...found.requirements);
  reading.work.edges.push(...found.edges);
}

/** Parents are printed ids until all tasks are known; `task-4.1` is a part of `task-4` if nothing else is said. */
function linkParents(tasks: WorkDraft[]): void {
  const nameOf = (scope: string, id: string): string => `${scope}\0${id.toLowerCase()}`;
  const byName = new Map<string, string>();
  // Ids count more than other names, and what is under way, which stands last, more than what is archived.
  for (const { key, scope, aliases = [] } of tasks) for (const name of aliases) byName.set(nameOf(scope, name), key);
  for (const { key, scope, sourceId } of tasks) if (sourceId !== undefined) byName.set(nameOf(scope, sourceId), key);
  for (const task of tasks) {
    if (task.parent?.startsWith('id:') !== true) continue;
    const parent = byName.get(nameOf(task.scope, task.parent.slice('id:'.length)));
    if (parent === undefined || parent === task.key) delete task.parent;
    else task.parent = parent;
  }
  dropCircles(tasks);
}

/** A task that is part of itself, through others, is a whole of its own. */
function dropCircles(tasks: readonly WorkDraft[]): void {
  const byKey = new Map(tasks.map((task) => [task.key, task]));
  const sound = new Set<string>();
  for (const task of tasks) {
    const path = new Set<string>();
    let at: WorkDraft | undefined = task;
    while (at !== undefined && !sound.has(at.key) && !path.has(at.key)) {
      path.add(at.key);
      at = at.parent === undefined ? undefined : byKey.get(at.parent);
    }
    if (at !== undefined && !sound.has(at.key)) delete at.parent;
    for (const key of path) sound.add(key);
  }
}
