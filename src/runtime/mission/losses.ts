import type { AttemptResult } from './runner.ts';

/** How often whoever is at a task may be lost: a task that takes its workers down with it would be tried for ever. */
const MOST = 3;

const NO_ANSWER: AttemptResult = { outcome: 'failed', reason: 'The runner gave no answer.', evidence: [] };

/** Bears that those who are at a task are lost: that is no failure of the task, unless it comes again and again. */
export class Losses {
  /** By task id. */
  readonly #counts = new Map<string, number>();

  /** The result as it counts. */
  judged(task: string, result: AttemptResult = NO_ANSWER): AttemptResult {
    if (result.outcome !== 'lost') return result;
    const count = (this.#counts.get(task) ?? 0) + 1;
    this.#counts.set(task, count % MOST);
    if (count < MOST) return result;
    return { ...result, outcome: 'failed', reason: `Whoever was at it was lost ${MOST} times. ${result.reason}` };
  }
}
