import { integer } from '@oclif/core/args';

import { BaseCommand } from '../../cli/base-command.ts';

export default class LedgerProve extends BaseCommand {
  static override summary = 'Print the proof that an entry is in the log.';
  static override description =
    "The text is a proof as C2SP tlog-proof has it: anybody who has the entry and the log's public key can check it. With --json " +
    'the entry is there too.';
  static override examples = ['<%= config.bin %> <%= command.id %> 17', '<%= config.bin %> <%= command.id %> 17 --json'];
  static override args = { entry: integer({ description: 'Position of the entry in the log, from 0.', required: true, min: 0 }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(LedgerProve);
    await this.print(await this.call('ledger.prove', { seq: args.entry }, this.context(flags)), flags, ({ proof }) => proof);
  }
}
