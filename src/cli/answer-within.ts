import { boolean, string } from '@oclif/core/flags';

import { readConfig } from '../runtime/app/config.ts';

export const ANSWER_WITHIN = string({
  summary:
    'How long an agent that asks waits for a person (`approvals list`); default 30m on a terminal, and no time where there is none, or under CI.',
  helpValue: 'DURATION',
});

export const NO_INPUT = boolean({
  summary: 'Nobody is there to ask: what an agent asks is denied at once.',
  default: false,
  exclusive: ['answer-within'],
});

const DEFAULT = '30m';
const NOBODY = '0s';

/** How long people have to answer; `watched`: whoever starts it on a terminal is there. Undefined where it stays as it is. */
export function answerWithin(
  { 'answer-within': said, 'no-input': nobody }: { 'answer-within'?: string | undefined; 'no-input': boolean },
  { watched }: { watched: boolean },
): string | undefined {
  if (said !== undefined) return said;
  if (nobody || readConfig().unattended) return NOBODY;
  return watched && process.stderr.isTTY ? DEFAULT : undefined;
}
