import type { TaskPriority, WorkStatus } from '../../model.ts';
import { statusNamed } from '../../work/status-words.ts';

/** Both vocabularies of the tool, and how people write them. A task put off or held up is still to be done. */
const STATUSES: Readonly<Record<string, WorkStatus>> = {
  pending: 'todo',
  todo: 'todo',
  'to-do': 'todo',
  open: 'todo',
  'not-started': 'todo',
  deferred: 'todo',
  blocked: 'todo',
  'in-progress': 'doing',
  inprogress: 'doing',
  review: 'doing',
  'in-review': 'doing',
  done: 'done',
  completed: 'done',
  complete: 'done',
  cancelled: 'cancelled',
  canceled: 'cancelled',
};

/** Statuses that say more than ours do; they stay as labels. */
const TELLING = new Set(['deferred', 'blocked', 'review']);

const PRIORITIES: Readonly<Record<string, TaskPriority>> = {
  critical: 'P0',
  highest: 'P0',
  high: 'P1',
  medium: 'P2',
  low: 'P3',
  lowest: 'P4',
};

export function taskStatus(written: string): { status: WorkStatus; label?: string } {
  const word = written
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-');
  const status = Object.hasOwn(STATUSES, word) ? STATUSES[word] : statusNamed(word);
  return TELLING.has(word) ? { status: status ?? 'unknown', label: word } : { status: status ?? 'unknown' };
}

export function taskPriority(written: string): TaskPriority | undefined {
  const word = written.trim().toLowerCase();
  return Object.hasOwn(PRIORITIES, word) ? PRIORITIES[word] : undefined;
}
