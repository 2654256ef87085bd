import { string as stringArg } from '@oclif/core/args';

import { ANSWER_WITHIN, answerWithin, NO_INPUT } from '../cli/answer-within.ts';
import { APPLY_FLAGS } from '../cli/apply-flags.ts';
import { MISSION } from '../cli/mission-arg.ts';
import { RunOnCommand } from '../cli/run-on-command.ts';
import { NOTE, TASK, taskOf } from '../cli/steering.ts';

export default class Retry extends RunOnCommand {
  static override summary = 'Do again what failed or was cancelled, and run the mission on.';
  static override description =
    'One task, or all of them; with as many attempts as at first. What had been skipped for it follows. What succeeded stays. ' +
    'The note goes to whoever does the task, with what was wrong the last time.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> latest',
    '<%= config.bin %> <%= command.id %> latest T012 --note "Use the existing parser."',
  ];
  static override args = { mission: stringArg({ description: MISSION, required: true }), task: stringArg({ description: TASK }) };
  static override flags = { note: NOTE, 'answer-within': ANSWER_WITHIN, 'no-input': NO_INPUT, ui: APPLY_FLAGS.ui };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Retry);
    const within = answerWithin(flags, { watched: false });
    const input = { ...taskOf(args, flags), ...(within === undefined ? {} : { answerWithin: within }) };
    await this.runOn(flags, (context) => this.call('retry', input, context));
  }
}
