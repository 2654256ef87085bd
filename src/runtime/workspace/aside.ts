import { fork } from 'node:child_process';

import type { ErrorCode } from '../../base/error-codes.ts';
import { messageOf, NexusError } from '../../base/errors.ts';

/** What a helper says: what it was asked for, why there is none, or what broke. */
type Word<Answer> = { answer: Answer } | { refusal: Refusal } | { defect: string };

interface Refusal {
  code: ErrorCode;
  message: string;
  hint?: string;
  details?: Record<string, unknown>;
}

/**
 * Has a program (the path of an `*-entry` module, which calls `answerAside`) work something out in a process of its own: whoever waits for it goes on with everything
 * else meanwhile, and outlives it, whatever it dies of. What goes in and what comes out are copies (structured clone). Rejects with the `NexusError` that was thrown there;
 * anything else is a defect.
 */
export async function aside<Answer>(program: string, input: unknown): Promise<Answer> {
  const helper = fork(program, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const word = await new Promise<Word<Answer>>((resolve, reject) => {
    helper.once('message', (said) => resolve(said as Word<Answer>));
    helper.once('error', reject);
    helper.once('exit', (code, signal) =>
      reject(new Error(`The process of ${program} ended with ${code ?? signal}, and no answer.`)),
    );
    helper.send([input], () => {
      // Its end says more.
    });
  });
  if ('answer' in word) return word.answer;
  if ('defect' in word) throw new Error(word.defect);
  const { code, message, ...more } = word.refusal;
  throw new NexusError(code, message, more);
}

/** The program's side: `work` is given what was asked. */
export async function answerAside(work: (input: never) => unknown): Promise<void> {
  const [input] = await new Promise<[never]>((resolve) => {
    process.once('message', (asked) => resolve(asked as [never]));
  });
  process.send?.(await wordOf(async () => work(input)), () => process.disconnect());
}

async function wordOf(work: () => unknown): Promise<Word<unknown>> {
  try {
    return { answer: await work() };
  } catch (error) {
    if (!(error instanceof NexusError)) return { defect: messageOf(error) };
    const { code, message, hint, details } = error;
    return { refusal: { code, message, ...(hint !== undefined && { hint }), ...(details && { details }) } };
  }
}
