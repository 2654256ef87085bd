import { string as stringArg } from '@oclif/core/args';
import { string } from '@oclif/core/flags';

import { BaseCommand } from '../cli/base-command.ts';
import { refuseNotBuilt } from '../cli/not-built.ts';
import { renderVerification } from '../cli/render/verification.ts';

export default class Verify extends BaseCommand {
  static override summary = 'Verify artifacts, statements, proofs and the log, offline.';
  static override description =
    'TARGET is a folder made by `evidence export`, or a mission; without one all of the workspace is verified. Changing any byte makes ' +
    'it fail and name the culprit. Exits with 1 if anything does not verify.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> evidence --key signing.pub --key log.pub',
  ];
  static override args = { target: stringArg({ description: 'Exported folder, or a mission; default all of the workspace.' }) };
  static override flags = {
    key: string({
      summary: 'Public key to trust instead of those that lie beside the evidence; may be repeated.',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'FILE',
    }),
    'trusted-root': string({ summary: 'Sigstore trusted root (not built yet).', helpValue: 'FILE' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Verify);
    refuseNotBuilt(flags, {
      'trusted-root': 'Evidence is signed with local keys so far; give their public halves with --key FILE.',
    });
    const { key } = flags;
    const input = { ...(args.target === undefined ? {} : { target: args.target }), ...(key === undefined ? {} : { key }) };
    const view = await this.call('verify', input, this.context(flags));
    await this.print(view, flags, renderVerification);
    if (view.result === 'failed') this.exit(1);
  }
}
