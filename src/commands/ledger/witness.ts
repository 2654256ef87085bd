import { string as stringArg } from '@oclif/core/args';
import { string } from '@oclif/core/flags';

import { BaseCommand } from '../../cli/base-command.ts';

export default class LedgerWitness extends BaseCommand {
  static override summary = 'Have a witness sign the head of the log.';
  static override description =
    'A witness signs only what goes on from what it has seen before (C2SP tlog-witness), so that nobody can be shown another history. Prints the ' +
    'checkpoint with its signature, which is recorded too.';
  static override examples = ['<%= config.bin %> <%= command.id %> https://witness.example --key witness.pub'];
  static override args = { url: stringArg({ description: 'Address of the witness.', required: true }) };
  static override flags = { key: string({ summary: 'Its public key: NAME+KEYID+BASE64.', required: true, helpValue: 'FILE' }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(LedgerWitness);
    const view = await this.call('ledger.witness', { url: args.url, key: flags.key }, this.context(flags));
    await this.print(view, flags, ({ note }) => note);
  }
}
