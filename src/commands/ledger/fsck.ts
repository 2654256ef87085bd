import { BaseCommand } from '../../cli/base-command.ts';
import { renderFsck } from '../../cli/render/fsck.ts';

export default class LedgerFsck extends BaseCommand {
  static override summary = 'Compute the whole log again and compare it with what is signed.';
  static override description = 'Changes nothing. Exits with 1 if the log is damaged.';
  static override examples = ['<%= config.bin %> <%= command.id %>'];

  async run(): Promise<void> {
    const { flags } = await this.parse(LedgerFsck);
    const view = await this.call('ledger.fsck', {}, this.context(flags));
    await this.print(view, flags, renderFsck);
    if (view.result === 'damaged') this.exit(1);
  }
}
