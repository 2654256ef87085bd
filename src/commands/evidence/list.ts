import { string as stringArg } from '@oclif/core/args';

import { BaseCommand } from '../../cli/base-command.ts';
import { MISSION } from '../../cli/mission-arg.ts';
import { askedPage, pageFlags } from '../../cli/page-flags.ts';
import { renderEvidenceList } from '../../cli/render/evidence.ts';

export default class EvidenceList extends BaseCommand {
  static override summary = 'List the artifacts of a mission and what is proven about them.';
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> 0199a3c2 --json'];
  static override args = { mission: stringArg({ description: MISSION, default: 'latest' }) };
  static override flags = pageFlags('PATH');

  async run(): Promise<void> {
    const { args, flags } = await this.parse(EvidenceList);
    const view = await this.call('evidence.list', { mission: args.mission, ...askedPage(flags) }, this.context(flags));
    await this.print(view, flags, renderEvidenceList);
  }
}
