import { ModelFault } from './model-fault.ts';
import type { Answer, AskOptions, Question, Wire } from './wire.ts';

/** Time, as the loop is given it. */
export interface Pace {
  /** Milliseconds until the work must be over. */
  remainingMs(): number;
  /** Rejects when `signal` is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface PatientOptions extends AskOptions {
  pace: Pace;
  /** Hears why it is asked again, and after how long. */
  waiting?: (fault: ModelFault, ms: number) => void;
}

/** Times that one question is asked before its fault is final. */
const TRIES = 5;

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/**
 * Asks again when the fault may pass, after the time the server asked for, else after a longer time each time. Nothing of a broken answer has been acted
 * on, so asking again is safe. Waits that would last beyond the end are not begun.
 */
export async function askPatiently(
  wire: Wire,
  question: Question,
  { pace, waiting, ...options }: PatientOptions,
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await wire.ask(question, options);
    } catch (error) {
      if (!(error instanceof ModelFault) || !error.passing || options.signal.aborted) throw error;
      const ms = error.retryAfterMs ?? Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS);
      if (attempt === TRIES) throw lasting(error, `asked ${TRIES} times`);
      if (ms >= pace.remainingMs())
        throw lasting(error, `the server wants a wait of ${Math.ceil(ms / 1000)} s, which is more than is left`);
      waiting?.(error, ms);
      await pace.sleep(ms, options.signal);
    }
  }
}

function lasting(fault: ModelFault, why: string): ModelFault {
  return new ModelFault('request', `${fault.message} (${why})`, { cause: fault });
}
