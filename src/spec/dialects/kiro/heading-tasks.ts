import { checkboxIn, checkboxOf } from '../../markdown/checkbox.ts';
import type { WorkStatus } from '../../model.ts';
import { KEYWORDS, normalWords } from '../../work/keywords.ts';
import { isSettled } from '../../work/marks.ts';
import { statusNamed } from '../../work/status-words.ts';
import type { Row } from './rows.ts';
import { taskHead, type TaskHead } from './task-head.ts';
import type { TaskEntry } from './task-tree.ts';

const TASK = new RegExp(
  String.raw`^(?:(?:major|main|sub)[ -]?)?(?:${KEYWORDS.task.join('|')})\s{0,3}[#:：-]?\s{0,3}(?:[a-z]{1,8}-)?\d`,
  'u',
);
const SIGNS = /[✅✔☑⏳🚧🔄⬜🔲☐]\u{FE0F}?/gu;
const RANK = /^[*_]{0,2}(?:major|main|sub)[ -]?/i;

/** `Task 3: …`, `Sub-task 1.2: …`, `任務 4`: a heading that is a task by itself. */
export function saysTask(title: string): boolean {
  return TASK.test(normalWords(title.replace(SIGNS, '').replace(/^[*_\s]+/, '')));
}

/** The headings that are tasks, by their lines: those under which no checkbox has a number, for else the checkboxes are the tasks. */
export function headingTasks(rows: readonly Row[]): Map<number, TaskHead> {
  const found = new Map<number, TaskHead>();
  let open: { line: number; level: number } | undefined;
  for (const { line, text, heading, block } of rows) {
    if (block !== undefined) continue;
    const box = heading === undefined && open === undefined ? undefined : checkboxOf(text);
    if (heading === undefined) {
      if (open !== undefined && box !== undefined && taskHead(box.text).id !== undefined) found.delete(open.line);
      continue;
    }
    const head = box === undefined && heading.level > 1 && saysTask(heading.title) ? headIn(heading.title) : undefined;
    if (head !== undefined) found.set(line, head);
    if (head !== undefined || heading.level <= (open?.level ?? 0)) open = head && { line, level: heading.level };
  }
  return found;
}

function headIn(title: string): TaskHead | undefined {
  const head = taskHead(title.replace(SIGNS, '').trim().replace(RANK, ''));
  return head.id === undefined || /\{\{/.test(title) ? undefined : head;
}

const STATUS =
  /^(?:[-*+]\s+)?[*_]{0,3}(?:status|estado|statut|durum|状态|狀態|ステータス|상태)[*_]{0,3}\s?[:：][*_]{0,3}\s*(.{1,80})$/iu;

/** How far a task is that has no checkbox of its own: by a sign or a line that says so, else by the checkboxes under it. */
export function statusUnder({ row, details, parts }: TaskEntry, criteria: readonly string[]): WorkStatus {
  const title = row.heading?.title ?? '';
  if (/[✅✔☑]/u.test(title)) return 'done';
  const said = details.flatMap(({ text }) => statusNamed(STATUS.exec(text)?.[1] ?? '') ?? [])[0];
  if (said !== undefined) return said;
  const boxes = parts.map(({ draft }) => isSettled(draft.status)).concat(criteria.map((marker) => /^[xX]$/.test(marker)));
  return boxes.length > 0 && boxes.every(Boolean) ? 'done' : 'todo';
}

/** The mark of a criterion's checkbox. */
export function markOf(row: Row): string {
  return checkboxIn(row.text.replace(/^[-*+]\s+/, ''))?.marker ?? '';
}
