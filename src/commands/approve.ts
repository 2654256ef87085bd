import { string as stringArg } from '@oclif/core/args';

import { BaseCommand } from '../cli/base-command.ts';
import { MISSION } from '../cli/mission-arg.ts';
import { NOTE, QUESTION, renderSteered, TASK, taskOf } from '../cli/steering.ts';

export default class Approve extends BaseCommand {
  static override summary = 'Say yes to a task that waits for a person.';
  static override description =
    'If the mission is being run it goes on at once; else `resume` runs it on. A task may be approved before it asks.';
  static override examples = ['<%= config.bin %> <%= command.id %> latest gate'];
  static override args = {
    mission: stringArg({ description: MISSION, required: true }),
    task: stringArg({ description: TASK, required: true }),
  };
  static override flags = { note: NOTE, question: QUESTION };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Approve);
    const context = this.context(flags);
    const view = await this.call('approve', taskOf(args, flags), context);
    await this.print(view, flags, (shown, screen) => renderSteered('Approved', shown, { screen, cwd: context.cwd }));
  }
}
