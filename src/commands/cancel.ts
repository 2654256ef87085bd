import { string as stringArg } from '@oclif/core/args';

import { BaseCommand } from '../cli/base-command.ts';
import { MISSION } from '../cli/mission-arg.ts';
import { NOTE, renderSteered, TASK, taskOf } from '../cli/steering.ts';

export default class Cancel extends BaseCommand {
  static override summary = 'Give up a mission, or one task of it.';
  static override description =
    'What runs of it is stopped. Of a mission nothing more is done; what needs a cancelled task is skipped, and `retry` takes it back.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> latest',
    '<%= config.bin %> <%= command.id %> latest T012 --note "out of scope"',
  ];
  static override args = { mission: stringArg({ description: MISSION, required: true }), task: stringArg({ description: TASK }) };
  static override flags = { note: NOTE };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Cancel);
    const context = this.context(flags);
    const view = await this.call('cancel', taskOf(args, flags), context);
    await this.print(view, flags, (shown, screen) => renderSteered('Cancelled', shown, { screen, cwd: context.cwd }));
  }
}
