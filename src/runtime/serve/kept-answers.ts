import type { LogMark } from './log-mark.ts';

/** Characters of all answers that are kept, with what was asked. */
const ROOM = 8 * 1_048_576;

/** Answers that were read from the log: as long as it stands as it did, whoever asks the same again is told the same. */
export class KeptAnswers {
  readonly #mark: Pick<LogMark, 'now'>;
  readonly #room: number;
  readonly #answers = new Map<string, string>();
  /** How the log stood when they were made. */
  #read = '';
  #size = 0;

  constructor(mark: Pick<LogMark, 'now'>, room = ROOM) {
    this.#mark = mark;
    this.#room = room;
  }

  /** The answer that is kept, else what `make` reads. */
  async answer(asked: string, make: () => Promise<string>): Promise<string> {
    const { now } = this.#mark;
    if (now !== this.#read) this.#forget(now);
    const kept = this.#answers.get(asked);
    if (kept !== undefined) return kept;
    const answer = await make();
    // One that was read while the log grew may be of before or after.
    if (this.#mark.now === now) this.#keep(asked, answer);
    return answer;
  }

  #keep(asked: string, answer: string): void {
    const size = asked.length + answer.length;
    if (size > this.#room) return;
    if (this.#size + size > this.#room) this.#forget(this.#read);
    if (!this.#answers.has(asked)) this.#size += size;
    this.#answers.set(asked, answer);
  }

  #forget(now: string): void {
    this.#answers.clear();
    this.#size = 0;
    this.#read = now;
  }
}
