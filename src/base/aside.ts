import { parentPort, Worker, workerData } from 'node:worker_threads';

import type { ErrorCode } from './error-codes.ts';
import { NexusError } from './errors.ts';

/** What a thread says: what it was asked for, or why there is none. */
type Word<Answer> = { answer: Answer } | { refusal: Refusal };

interface Refusal {
  code: ErrorCode;
  message: string;
  hint?: string;
  details?: Record<string, unknown>;
}

/**
 * Has a program (the path of an `*-entry` module, which calls `answerAside`) work something out in a thread of its own: whoever waits for it goes on with everything
 * else meanwhile. What goes in and what comes out are copies. Rejects with the `NexusError` that was thrown there; anything else is a defect.
 */
export async function aside<Answer>(program: string, input: unknown): Promise<Answer> {
  const worker = new Worker(program, { workerData: input });
  const word = await new Promise<Word<Answer>>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`The thread of ${program} ended with ${code}, and no answer.`)));
  });
  if ('answer' in word) return word.answer;
  const { code, message, ...more } = word.refusal;
  throw new NexusError(code, message, more);
}

/** The program's side: `work` is given what was asked. */
export async function answerAside(work: (input: never) => unknown): Promise<void> {
  try {
    parentPort?.postMessage({ answer: await work(workerData as never) }, []);
  } catch (error) {
    if (!(error instanceof NexusError)) throw error;
    const { code, message, hint, details } = error;
    const refusal: Refusal = { code, message, ...(hint !== undefined && { hint }), ...(details && { details }) };
    parentPort?.postMessage({ refusal }, []);
  }
}
