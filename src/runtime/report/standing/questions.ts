import type { OpenQuestion } from './standing.ts';
import { textIn, type ToldEntry } from './told-entry.ts';

/** Entries by which what an agent asked is no longer asked. */
const ANSWERS: ReadonlySet<string> = new Set(['question.expired', 'word.approve', 'word.reject']);

/** Whoever asked has come to its end. */
const ENDS: ReadonlySet<string> = new Set(['task.succeeded', 'task.failed', 'task.cancelled']);

/** Whether it answers what an agent asked, and so says nothing of whether a task may start. */
export function isAnswer({ kind, data }: ToldEntry): boolean {
  return ANSWERS.has(kind) && textIn(data, 'question') !== null;
}

export function questionsAfter(open: readonly OpenQuestion[], entry: ToldEntry): readonly OpenQuestion[] {
  const { kind, data, task } = entry;
  const id = textIn(data, 'question');
  if (kind === 'question.asked' && typeof task === 'string' && id !== null) {
    const asked = { id, task, asks: textIn(data, 'asks') ?? '', expires: textIn(data, 'expires') ?? '' };
    return [...without(open, (question) => question.id === id), asked];
  }
  if (isAnswer(entry)) return without(open, (question) => question.id === id);
  if (kind === 'mission.finished') return without(open, () => true);
  return ENDS.has(kind) ? without(open, (question) => question.task === task) : open;
}

/** The same list where none of them is. */
function without(open: readonly OpenQuestion[], is: (question: OpenQuestion) => boolean): readonly OpenQuestion[] {
  return open.some(is) ? open.filter((question) => !is(question)) : open;
}
