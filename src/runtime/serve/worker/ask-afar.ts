import { setTimeout as wait } from 'node:timers/promises';

import { NexusError } from '../../../base/errors.ts';
import type { Asked } from '../../cluster/open-questions.ts';
import type { Answer } from '../../policy/answer.ts';
import type { ControlPlane } from './control-plane.ts';

/** Milliseconds until one asks again where nobody has answered. */
const PAUSE = 1_000;

/** How an agent here asks people who are elsewhere. It is waited for as long as the control plane lets it stand, and no longer than the lease. */
export function askAfar(
  plane: Pick<ControlPlane, 'ask'>,
  { lease, signal }: { lease: string; signal: AbortSignal },
): (what: Asked) => Promise<Answer> {
  let count = 0;
  return async (what) => {
    const number = ++count;
    while (!signal.aborted) {
      try {
        const answer = await plane.ask(lease, { number, ...what }, signal);
        if (answer !== undefined) return answer;
      } catch (error) {
        if (signal.aborted) break;
        if (!(error instanceof NexusError) || error.code !== 'REMOTE_UNREACHABLE') throw error;
        await wait(PAUSE, undefined, { signal }).catch(() => undefined);
      }
    }
    return { allowed: false, rule: 'it was stopped' };
  };
}
