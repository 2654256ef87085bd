import type { Desk } from '../../dialect.ts';
import { type FrontField, readFrontFields } from '../../documents/front-fields.ts';
import type { LineAccount } from '../../line-account.ts';
import { lineStart, lineText } from '../../source-text.ts';
import type { PackageFacts, Said } from './package-facts.ts';

/** A work package's own file: its facts, and titles of sub-tasks that its headings give. */
export interface Prompt {
  facts: PackageFacts;
  titles: ReadonlyMap<string, string>;
  /** Lines of its front matter. */
  skipLines: number;
}

/** Reads `tasks/WPnn-….md`; undefined if nothing says which work package it is of. */
export function readPrompt(account: LineAccount, desk: Desk): Prompt | undefined {
  const { source } = account;
  const { lineCount, fields } = readFrontFields(source, desk.diagnostics);
  const printed = [fields.get('work_package_id')?.text, fields.get('id')?.text, /([^/]*)$/.exec(source.path)?.[1]];
  const [id] = printed.flatMap((each) => /(?<![\p{L}\p{N}])WP\d{2,3}(?!\d)/iu.exec(each ?? '')?.[0].toUpperCase() ?? []);
  if (id === undefined) return undefined;
  account.mark({ line: 1, endLine: lineCount }, 'document');
  const facts: PackageFacts = { id, at: { file: source.path, line: 1, column: 1, endLine: source.lineCount } };
  addFields(facts, fields);
  const body = source.text.slice(lineStart(source, lineCount + 1)).trim();
  if (body !== '') facts.details = body;
  const lane = fields.get('lane')?.text ?? folderLane(source.path);
  if (lane !== undefined) facts.lane = lane;
  const title = facts.title ?? headingOf(account, lineCount);
  if (title !== undefined) facts.title = title;
  return { facts, titles: titlesIn(account, lineCount), skipLines: lineCount };
}

function addFields(facts: PackageFacts, fields: ReadonlyMap<string, FrontField>): void {
  const title = fields.get('title')?.text;
  const milestone = fields.get('phase')?.text;
  const writes = fields.get('owned_files')?.items.map(({ text }) => text);
  const dependencies = fields.get('dependencies')?.items.flatMap(inBrackets);
  const requirements = fields.get('requirement_refs')?.items;
  const subTasks = fields.get('subtasks')?.items;
  if (title !== undefined) facts.title = title;
  if (milestone !== undefined) facts.milestone = milestone;
  if (writes !== undefined) facts.writes = writes;
  if (dependencies !== undefined) facts.dependencies = dependencies;
  if (requirements !== undefined) facts.requirements = requirements;
  if (subTasks !== undefined) facts.subTasks = subTasks;
}

/** A list between quotes, `"[WP01, WP02]"`, is a list; an empty one is none. */
function inBrackets(item: Said): Said[] {
  const inner = /^\[(.*)\]$/.exec(item.text)?.[1];
  if (inner === undefined) return [item];
  return inner.split(',').flatMap((each) => {
    const text = each.replace(/["'\s]/g, '');
    return text === '' ? [] : [{ ...item, text }];
  });
}

/** Before there was a log, the folder said how far a work package was. */
function folderLane(path: string): string | undefined {
  return /(?:^|\/)tasks\/(planned|doing|for_review|done)\/[^/]+$/.exec(path)?.[1];
}

function headingOf({ source }: LineAccount, after: number): string | undefined {
  for (let line = after + 1; line <= source.lineCount; line++) {
    const text = /^#\s+(.*)$/.exec(lineText(source, line))?.[1];
    if (text !== undefined) return titleAfterId(text);
  }
  return undefined;
}

/** `Work Package Prompt: WP01 – Set up` is called `Set up`. */
export function titleAfterId(heading: string): string {
  const rest = /\bWP\d{2,3}\b[\s:：.–—-]*(.*)$/.exec(heading)?.[1]?.trim();
  return rest === undefined || rest === '' ? heading.trim() : rest;
}

const SUB_TASK_HEADING = /^#{2,6}\s+(?:(?:Subtask|Task)\s+)?\**(T\d{3,4})\**[\s:：.–—-]+(\S.*)$/i;

function titlesIn({ source }: LineAccount, after: number): Map<string, string> {
  const titles = new Map<string, string>();
  for (let line = after + 1; line <= source.lineCount; line++) {
    const [, id, title] = SUB_TASK_HEADING.exec(lineText(source, line)) ?? [];
    if (id !== undefined && title !== undefined) titles.set(id.toUpperCase(), title.trim());
  }
  return titles;
}
