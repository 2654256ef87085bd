import { BaseCommand } from '../../cli/base-command.ts';

export default class LedgerTrustedRoot extends BaseCommand {
  static override summary = 'Print the Sigstore trusted root of this log.';
  static override description =
    'A `trusted_root.json` that names this log and its key, and no authority: with it others, cosign among them, verify bundles that `ledger record` has put the proof into.';
  static override examples = ['<%= config.bin %> <%= command.id %> > trusted_root.json'];

  async run(): Promise<void> {
    const { flags } = await this.parse(LedgerTrustedRoot);
    const view = await this.call('ledger.trusted-root', {}, this.context(flags));
    await this.print(view, flags, ({ trustedRoot }) => `${JSON.stringify(trustedRoot, null, 2)}\n`);
  }
}
