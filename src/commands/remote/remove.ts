import { string as stringArg } from '@oclif/core/args';

import { BaseCommand } from '../../cli/base-command.ts';
import { renderRemotes } from '../../cli/render/remotes.ts';

export default class RemoteRemove extends BaseCommand {
  static override summary = 'Forget a control plane.';
  static override examples = ['<%= config.bin %> <%= command.id %> lab'];
  static override args = { name: stringArg({ description: 'What it is called here.', required: true }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RemoteRemove);
    await this.print(await this.call('remote.remove', args, this.context(flags)), flags, renderRemotes);
  }
}
