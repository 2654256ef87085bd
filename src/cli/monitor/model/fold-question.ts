import type { LogLine } from '../../../runtime/app/views.ts';
import { oneLine } from '../../printable.ts';
import type { FoldTarget } from './monitor-mission.ts';
import type { MonitorTask, OpenQuestion } from './monitor-task.ts';

/** Entries by which what an agent asked is no longer asked. */
const ANSWERS: ReadonlySet<string> = new Set(['question.expired', 'word.approve', 'word.reject']);

/** Whoever asked has come to its end. */
const ENDS: ReadonlySet<string> = new Set(['task.succeeded', 'task.failed', 'task.cancelled']);

/** What agents ask while they work. True where the entry is about a question alone, as `src/runtime/mission/question-folds.ts` has it. */
export function foldQuestion(
  { entry, data }: LogLine,
  { model: { questions }, task }: { model: FoldTarget; task: MonitorTask | undefined },
): boolean {
  const { question: id, asks, expires } = data;
  if (entry === 'question.asked' && task !== undefined && typeof id === 'string') {
    questions.set(id, { id, task, asks: oneLine(textOf(asks)), expires: oneLine(textOf(expires)) });
    task.asking = true;
    return true;
  }
  if (ANSWERS.has(entry) && typeof id === 'string') {
    forget(questions, (question) => question.id === id);
    return true;
  }
  if (entry === 'mission.finished') forget(questions, () => true);
  if (ENDS.has(entry)) forget(questions, (question) => question.task === task);
  return false;
}

/** Few are open at once: an agent waits for its answer. */
function forget(questions: FoldTarget['questions'], is: (question: OpenQuestion) => boolean): void {
  const over = [...questions.values()].filter(is);
  for (const { id } of over) questions.delete(id);
  const asking = new Set(questions.values().map(({ task }) => task));
  for (const { task } of over) task.asking = asking.has(task);
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
