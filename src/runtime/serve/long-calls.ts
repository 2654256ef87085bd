import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { aside } from '../workspace/aside.ts';
import type { CallContext, OperationName, Operations } from '../app/operations.ts';

const PROGRAM = fileURLToPath(new URL(`operation-entry${extname(import.meta.url)}`, import.meta.url));

/** An operation that only reads, and takes its time. */
export interface LongCall<N extends OperationName = OperationName> {
  operation: N;
  input: Operations[N]['input'];
  context: CallContext;
}

/** Operations that are done in a process of their own, so that whoever asks for something else need not wait for them: one after the other. */
export class LongCalls {
  #last: Promise<unknown> = Promise.resolve();

  async call<N extends OperationName>(asked: LongCall<N>): Promise<Operations[N]['output']> {
    const answer = this.#last.then(async () => aside<Operations[N]['output']>(PROGRAM, asked));
    this.#last = answer.catch(() => undefined);
    return answer;
  }
}
