import { type Bytes, toBase64 } from '../bytes.ts';
import { refuse, Unchecked } from '../refusal.ts';

/** `none`: this browser cannot tell. */
export type Answer = Bytes | boolean | 'none';

/** Rounds after which a proof is taken for one that never ends. The longest path in a log of 2^63 entries takes 63, each hash of it one. */
const MOST_ROUNDS = 200;

/**
 * What WebCrypto has answered so far. `@sigstore/verify` wants each answer at once, and browsers give it later: what is not known yet is noted, answered and asked again,
 * until a run has asked only what is known. Runs before that mean nothing, whatever they returned or threw.
 */
export class Answers {
  readonly #known = new Map<string, Answer>();
  #open = new Map<string, () => Promise<Answer>>();
  #hasNone = false;

  /** The answer to the question of this name and these bytes, if it is known; otherwise it will be in the next run. */
  to(name: string, parts: readonly Bytes[], find: () => Promise<Answer>): Answer | undefined {
    const key = [name, ...parts.map(toBase64)].join(' ');
    const answer = this.#known.get(key);
    if (answer === undefined) this.#open.set(key, find);
    if (answer === 'none') this.#hasNone = true;
    return answer;
  }

  /** What `work` returns, or throws, with every answer known. Throws `Unchecked` where it throws, and one of the answers was none. */
  async for<T>(work: () => T): Promise<T> {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      this.#hasNone = false;
      const outcome = outcomeOf(work, this);
      const [open, hasNone] = [this.#open, this.#hasNone];
      this.#open = new Map();
      if (open.size === 0) {
        if ('value' in outcome) return outcome.value;
        throw hasNone ? new Unchecked('one of the keys is of a kind that this browser cannot check') : outcome.error;
      }
      const found = await Promise.all([...open].map(async ([key, find]) => [key, await find()] as const));
      for (const [key, answer] of found) this.#known.set(key, answer);
    }
    return refuse('it takes too many steps');
  }
}

let current: Answers | undefined;

/** Whom the library is asking just now. */
export function asked(): Answers {
  if (current === undefined) throw new Error('nobody answers now');
  return current;
}

function outcomeOf<T>(work: () => T, answers: Answers): { value: T } | { error: unknown } {
  const before = current;
  current = answers;
  try {
    return { value: work() };
  } catch (error) {
    return { error };
  } finally {
    current = before;
  }
}
