import { BaseCommand } from '../../cli/base-command.ts';

export default class LedgerCheckpoint extends BaseCommand {
  static override summary = 'Print the signed head of the log.';
  static override description = 'The text is a checkpoint as C2SP tlog-checkpoint has it: origin, size, root hash, signatures.';
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> > checkpoint'];

  async run(): Promise<void> {
    const { flags } = await this.parse(LedgerCheckpoint);
    await this.print(await this.call('ledger.checkpoint', {}, this.context(flags)), flags, ({ note }) => note);
  }
}
