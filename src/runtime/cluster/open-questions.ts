import type { Action, Decision } from '../policy/action.ts';
import type { Answer } from '../policy/answer.ts';

/** What is put to a person. */
export interface Asked {
  action: Action;
  decision: Decision;
}

/**
 * What an agent that is at work elsewhere asks. Whoever has it comes for the answer again and again, by the number that they gave the question: it is put to people once, however
 * often they come, and the answer stays for those who have not heard it.
 */
export class OpenQuestions {
  readonly #ask: (what: Asked) => Promise<Answer>;
  readonly #answers = new Map<number, Promise<Answer>>();

  constructor(ask: (what: Asked) => Promise<Answer>) {
    this.#ask = ask;
  }

  async answer(number: number, what: Asked): Promise<Answer> {
    const known = this.#answers.get(number);
    if (known !== undefined) return known;
    const answer = this.#ask(what);
    this.#answers.set(number, answer);
    return answer;
  }
}
