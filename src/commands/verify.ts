import { string as stringArg } from '@oclif/core/args';
import { string } from '@oclif/core/flags';

import { BaseCommand } from '../cli/base-command.ts';
import { defined } from '../cli/defined.ts';
import { renderVerification } from '../cli/render/verification.ts';

export default class Verify extends BaseCommand {
  static override summary = 'Verify artifacts, statements, proofs and the log, offline.';
  static override description =
    'TARGET is a folder made by `evidence export`, one with the assets of a release, or a mission; without one all of the workspace is verified. Changing any byte makes ' +
    'it fail and name the culprit. Exits with 1 if anything does not verify.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> evidence --key signing.pub --key log.pub',
    '<%= config.bin %> <%= command.id %> evidence --trusted-root trusted_root.json --certificate-identity-regexp ^https://github.com/acme/ --certificate-oidc-issuer https://token.actions.githubusercontent.com',
  ];
  static override args = {
    target: stringArg({ description: 'Exported folder, assets of a release, or a mission; default all of the workspace.' }),
  };
  static override flags = {
    key: string({
      summary: 'Public key to trust instead of those that lie beside the evidence; may be repeated.',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'FILE',
    }),
    'trusted-root': string({
      summary: 'Sigstore trusted root that certificates, or the log, are to be believed under; may be repeated.',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'FILE',
    }),
    'certificate-identity': string({ summary: 'Whom certificates must name: an address or a workflow.', helpValue: 'NAME' }),
    'certificate-identity-regexp': string({ summary: 'The same, as a regular expression.', helpValue: 'REGEXP' }),
    'certificate-oidc-issuer': string({ summary: 'Who must have vouched for that identity.', helpValue: 'URL' }),
    'certificate-oidc-issuer-regexp': string({ summary: 'The same, as a regular expression.', helpValue: 'REGEXP' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Verify);
    const input = defined({
      target: args.target,
      key: flags.key,
      trustedRoot: flags['trusted-root'],
      identity: flags['certificate-identity'],
      identityRegexp: flags['certificate-identity-regexp'],
      issuer: flags['certificate-oidc-issuer'],
      issuerRegexp: flags['certificate-oidc-issuer-regexp'],
    });
    const view = await this.call('verify', input, this.context(flags));
    await this.print(view, flags, renderVerification);
    if (view.result === 'failed') this.exit(1);
  }
}
