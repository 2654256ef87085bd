import { string as stringArg } from '@oclif/core/args';
import { option, string } from '@oclif/core/flags';

import { BaseCommand } from '../../cli/base-command.ts';
import { defined } from '../../cli/defined.ts';
import { MISSION } from '../../cli/mission-arg.ts';
import { renderExport } from '../../cli/render/export.ts';

export default class EvidenceExport extends BaseCommand {
  static override summary = 'Write a folder that proves a mission to anybody, without this workspace.';
  static override description =
    'The folder holds the artifacts, a Sigstore bundle for each statement, proofs, the checkpoint and the public keys. It can be ' +
    'moved to another machine and verified there with `spec-kit verify DIR`, without a network. DIR must not hold files yet.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --out evidence',
    '<%= config.bin %> <%= command.id %> 0199a3c2 --out release-evidence',
  ];
  static override args = { mission: stringArg({ description: MISSION, default: 'latest' }) };
  static override flags = {
    out: string({ summary: 'Folder to write.', required: true, helpValue: 'DIR' }),
    signing: option({
      summary: 'Sign the list of files by the local key, although an identity has signed the statements.',
      options: ['key'] as const,
    })(),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(EvidenceExport);
    const context = this.context(flags);
    const view = await this.call(
      'evidence.export',
      { mission: args.mission, out: flags.out, ...defined({ signing: flags.signing }) },
      context,
    );
    await this.print(view, flags, (shown, screen) => renderExport(shown, screen, context));
  }
}
