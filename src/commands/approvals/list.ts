import { string as stringArg } from '@oclif/core/args';

import { BaseCommand } from '../../cli/base-command.ts';
import { MISSION } from '../../cli/mission-arg.ts';
import { askedPage, pageFlags } from '../../cli/page-flags.ts';
import { renderApprovals } from '../../cli/render/approvals.ts';

export default class ApprovalsList extends BaseCommand {
  static override summary = 'List what waits for a person.';
  static override description =
    'Tasks that must be approved before they start, and what agents ask while they work. `approve` and `reject` answer, from any process; a question of an agent is named with --question.';
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> latest --json'];
  static override args = { mission: stringArg({ description: `${MISSION} All that are not over if left out.` }) };
  static override flags = pageFlags('NEXT');

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ApprovalsList);
    const input = { ...(args.mission !== undefined && { mission: args.mission }), ...askedPage(flags) };
    await this.print(await this.call('approvals.list', input, this.context(flags)), flags, renderApprovals);
  }
}
