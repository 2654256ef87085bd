import { string as stringArg } from '@oclif/core/args';

import { BaseCommand } from '../cli/base-command.ts';
import { MISSION } from '../cli/mission-arg.ts';
import { askedPage, pageFlags } from '../cli/page-flags.ts';
import { renderGraph } from '../cli/render/graph.ts';

export default class Graph extends BaseCommand {
  static override summary = 'Show the tasks of a mission level by level, with what each needs.';
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> latest --json'];
  static override args = { mission: stringArg({ description: MISSION, default: 'latest' }) };
  static override flags = pageFlags('TASK');

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Graph);
    await this.print(
      await this.call('graph', { mission: args.mission, ...askedPage(flags) }, this.context(flags)),
      flags,
      renderGraph,
    );
  }
}
