import { string as stringArg } from '@oclif/core/args';

import { BaseCommand } from '../cli/base-command.ts';
import { MISSION } from '../cli/mission-arg.ts';
import { askedPage, pageFlags } from '../cli/page-flags.ts';
import { renderStatus } from '../cli/render/status.ts';

export default class Status extends BaseCommand {
  static override summary = 'Show a mission and the state of its tasks.';
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> 0199a3c2'];
  static override args = { mission: stringArg({ description: MISSION, default: 'latest' }) };
  static override flags = pageFlags('TASK');

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Status);
    const context = this.context(flags);
    const view = await this.call('status', { mission: args.mission, ...askedPage(flags) }, context);
    await this.print(view, flags, (shown, screen) => renderStatus(shown, screen, context));
  }
}
