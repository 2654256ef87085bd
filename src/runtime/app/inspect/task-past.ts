import type { Entry } from '../../log/entry.ts';
import type { LogReader } from '../../log/log-reader.ts';

const KINDS = [
  'word.cancel',
  'word.retry',
  'word.reject',
  'task.failed',
  'task.lost',
  'task.reopened',
  'task.escalated',
  'task.started',
] as const;

/** What was last said or decided about a task, by kind of entry; what was said of the whole mission counts for it. */
export interface TaskPast {
  last(kind: (typeof KINDS)[number]): Entry | undefined;
  /** The task that this one, a check, has last found at fault. */
  blamed: Entry | undefined;
}

export function readTaskPast(log: Pick<LogReader, 'entries'>, mission: string, task: string): TaskPast {
  const last = new Map<string, Entry>();
  let blamed: Entry | undefined;
  for (const entry of log.entries({ mission, kinds: KINDS })) {
    if (entry.task === task || (entry.task === undefined && entry.kind.startsWith('word.'))) last.set(entry.kind, entry);
    if (entry.kind === 'task.reopened' && entry.data['because'] === task && entry.data['onto'] === undefined) blamed = entry;
  }
  return { last: (kind) => last.get(kind), blamed };
}

/** Who said it, and why: `ann: out of scope`. */
export function saidBy({ data }: Entry): string {
  const { by, note } = data;
  const who = typeof by === 'string' ? by : 'somebody';
  return typeof note === 'string' && note !== '' ? `${who}: ${note.replace(/[.\s]+$/, '')}` : who;
}
