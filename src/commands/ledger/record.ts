import { string as stringArg } from '@oclif/core/args';
import { string } from '@oclif/core/flags';

import { BaseCommand } from '../../cli/base-command.ts';
import { defined } from '../../cli/defined.ts';
import { readBundleFile, readText } from '../../cli/read-record.ts';

export default class LedgerRecord extends BaseCommand {
  static override summary = 'Record a signature in the log, and print the bundle with the proof in it.';
  static override description =
    'FILE is a Sigstore bundle with a DSSE envelope. What is recorded is the hash of what was signed, the signature, and the key or certificate, as Rekor v2 ' +
    'does it; the bundle that is printed carries the proof, and verifies under the trusted root of the log (`ledger trusted-root`). Recording it again changes nothing.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> evidence/gate.sigstore.json > gate.logged.sigstore.json',
    '<%= config.bin %> <%= command.id %> bundle.sigstore.json --key cosign.pub --json',
  ];
  static override args = { file: stringArg({ description: 'Sigstore bundle.', required: true }) };
  static override flags = {
    key: string({ summary: 'Public key that signed it; default those of this workspace.', helpValue: 'FILE' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(LedgerRecord);
    const bundle = readBundleFile(args.file);
    const publicKey = flags.key === undefined ? undefined : readText(flags.key);
    const view = await this.call('ledger.record', { bundle, ...defined({ publicKey }) }, this.context(flags));
    await this.print(view, flags, (shown) => `${JSON.stringify(shown.bundle)}\n`);
  }
}
