import { string as stringArg } from '@oclif/core/args';
import { boolean, string } from '@oclif/core/flags';

import { BaseCommand } from '../../cli/base-command.ts';
import { MISSION } from '../../cli/mission-arg.ts';

export default class EvidenceSbom extends BaseCommand {
  static override summary = "Print the bill of materials of a mission's product.";
  static override description =
    'Files by digest, and packages of npm from package-lock.json or package.json. No time stands in it: the same product has the same document. The ' +
    'document in CycloneDX is part of the signed evidence of the mission.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> > product.cdx.json',
    '<%= config.bin %> <%= command.id %> latest --format spdx > product.spdx.json',
  ];
  static override args = { mission: stringArg({ description: MISSION, default: 'latest' }) };
  static override flags = {
    format: string({ summary: 'CycloneDX 1.6 or SPDX 2.3.', options: ['cyclonedx', 'spdx'], default: 'cyclonedx' }),
    syft: boolean({ summary: 'Let Syft, which must be on PATH, look at the files.', default: false }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(EvidenceSbom);
    const format = flags.format === 'spdx' ? 'spdx' : 'cyclonedx';
    const view = await this.call('evidence.sbom', { mission: args.mission, format, syft: flags.syft }, this.context(flags));
    await this.print(view, flags, ({ document }) => `${JSON.stringify(document, null, 2)}\n`);
  }
}
