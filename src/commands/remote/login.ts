import { string as stringArg } from '@oclif/core/args';
import { boolean, string } from '@oclif/core/flags';

import { BaseCommand } from '../../cli/base-command.ts';
import { renderRemoteLogin } from '../../cli/render/remotes.ts';

export default class RemoteLogin extends BaseCommand {
  static override summary = 'Log in at a control plane.';
  static override description =
    'You log in at its issuer, in a browser on this machine or on another one; what you get is kept in your configuration folder, readable by you alone, and renewed where that can be.';
  static override examples = ['<%= config.bin %> <%= command.id %> lab', '<%= config.bin %> <%= command.id %> lab --device'];
  static override args = { name: stringArg({ description: 'What it is called here (`remote add`).', required: true }) };
  static override flags = {
    device: boolean({ summary: 'Log in by a browser on another machine.', default: false }),
    'token-file': string({ summary: 'File with a token to use instead.', helpValue: 'FILE', exclusive: ['device'] }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RemoteLogin);
    const { device, 'token-file': tokenFile } = flags;
    const input = { name: args.name, device, ...(tokenFile === undefined ? {} : { tokenFile }) };
    const onNotice = (text: string): void => void process.stderr.write(`${text}\n`);
    await this.print(await this.call('remote.login', input, { ...this.context(flags), onNotice }), flags, renderRemoteLogin);
  }
}
