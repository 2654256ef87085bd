import { string as stringArg } from '@oclif/core/args';

import { BaseCommand } from '../../cli/base-command.ts';
import { MISSION } from '../../cli/mission-arg.ts';
import { renderEvidence } from '../../cli/render/evidence.ts';

export default class EvidenceShow extends BaseCommand {
  static override summary = 'Show one artifact with its statements and validation reports.';
  static override examples = ['<%= config.bin %> <%= command.id %> src/contracts/order.ts'];
  static override args = {
    artifact: stringArg({ description: 'Id of an artifact, or its path in the product.', required: true }),
    mission: stringArg({ description: MISSION, default: 'latest' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(EvidenceShow);
    await this.print(await this.call('evidence.show', args, this.context(flags)), flags, renderEvidence);
  }
}
