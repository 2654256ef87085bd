import { string as stringArg } from '@oclif/core/args';

import { BaseCommand } from '../cli/base-command.ts';
import { MISSION } from '../cli/mission-arg.ts';
import { NOTE, QUESTION, renderSteered, TASK, taskOf } from '../cli/steering.ts';

export default class Reject extends BaseCommand {
  static override summary = 'Say no to a task that waits for a person.';
  static override description = 'The task fails, and what needs it is skipped.';
  static override examples = ['<%= config.bin %> <%= command.id %> latest gate --note "The licence is missing."'];
  static override args = {
    mission: stringArg({ description: MISSION, required: true }),
    task: stringArg({ description: TASK, required: true }),
  };
  static override flags = { note: NOTE, question: QUESTION };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Reject);
    const context = this.context(flags);
    const view = await this.call('reject', taskOf(args, flags), context);
    await this.print(view, flags, (shown, screen) => renderSteered('Rejected', shown, { screen, cwd: context.cwd }));
  }
}
