import { string as stringArg } from '@oclif/core/args';
import { string } from '@oclif/core/flags';

import { BaseCommand } from '../../cli/base-command.ts';
import { renderRemotes } from '../../cli/render/remotes.ts';

export default class RemoteAdd extends BaseCommand {
  static override summary = 'Add a control plane that missions can be sent to, or change it.';
  static override description =
    'Its address and token are kept in your configuration folder, readable by you alone. Commands that take --remote NAME then ask it.';
  static override examples = ['<%= config.bin %> <%= command.id %> lab https://agents.example --token-file token'];
  static override args = {
    name: stringArg({ description: 'What it is called here.', required: true }),
    url: stringArg({ description: 'Its address.', required: true }),
  };
  static override flags = {
    'token-file': string({ summary: 'File with a token; without it, log in (`remote login`).', helpValue: 'FILE' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RemoteAdd);
    const { 'token-file': tokenFile } = flags;
    const input = { ...args, ...(tokenFile === undefined ? {} : { tokenFile }) };
    const view = await this.call('remote.add', input, this.context(flags));
    await this.print(view, flags, renderRemotes);
  }
}
