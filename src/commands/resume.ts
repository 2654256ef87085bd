import { string as stringArg } from '@oclif/core/args';
import { string } from '@oclif/core/flags';

import { ANSWER_WITHIN, answerWithin, NO_INPUT } from '../cli/answer-within.ts';
import { APPLY_FLAGS, BUDGET, repeatable } from '../cli/apply-flags.ts';
import { MISSION } from '../cli/mission-arg.ts';
import { RunOnCommand } from '../cli/run-on-command.ts';

export default class Resume extends RunOnCommand {
  static override summary = 'Run a mission on that was stopped, paused, or waited for somebody.';
  static override description =
    'Takes the mission up where its log ends, with the agent and the limits it was started with; the bundle is not read again. ' +
    'If another process writes to the workspace, that one runs it, and this one shows how it goes.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> latest',
    '<%= config.bin %> <%= command.id %> latest --budget tokens=500000',
  ];
  static override args = { mission: stringArg({ description: MISSION, required: true }) };
  static override flags = {
    budget: string({ summary: `${BUDGET} Replaces what the mission had.`, ...repeatable, helpValue: 'KEY=VALUE' }),
    'answer-within': ANSWER_WITHIN,
    'no-input': NO_INPUT,
    ui: APPLY_FLAGS.ui,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Resume);
    const within = answerWithin(flags, { watched: false });
    const input = { ...args, budget: flags.budget ?? [], ...(within === undefined ? {} : { answerWithin: within }) };
    await this.runOn(flags, (context) => this.call('resume', input, context));
  }
}
