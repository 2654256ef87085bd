import { string as stringArg } from '@oclif/core/args';

import { BaseCommand } from '../cli/base-command.ts';
import { MISSION } from '../cli/mission-arg.ts';
import { NOTE, renderSteered, taskOf } from '../cli/steering.ts';

export default class Pause extends BaseCommand {
  static override summary = 'Start nothing more of a running mission.';
  static override description =
    'What runs may end; then the mission waits, and `resume` runs it on. Other missions of the workspace are not concerned.';
  static override examples = ['<%= config.bin %> <%= command.id %> latest'];
  static override args = { mission: stringArg({ description: MISSION, required: true }) };
  static override flags = { note: NOTE };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Pause);
    const context = this.context(flags);
    const view = await this.call('pause', taskOf(args, flags), context);
    await this.print(view, flags, (shown, screen) => renderSteered('Paused', shown, { screen, cwd: context.cwd }));
  }
}
