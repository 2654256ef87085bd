import { string } from '@oclif/core/flags';

import { BaseCommand } from '../../cli/base-command.ts';
import { AGENTS_OF } from '../../cli/mission-arg.ts';
import { renderAgents } from '../../cli/render/agents.ts';

export default class AgentsList extends BaseCommand {
  static override summary = 'List the agents that tasks can be given to, and which of them could work here.';
  static override description = 'Those that are built in, and those that .agentnexus.yaml defines. Starts nothing.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --bundle specs/ --json',
  ];
  static override flags = { bundle: string({ summary: AGENTS_OF, helpValue: 'BUNDLE' }) };

  async run(): Promise<void> {
    const { flags } = await this.parse(AgentsList);
    const { bundle } = flags;
    const view = await this.call('agents.list', bundle === undefined ? {} : { bundle }, this.context(flags));
    await this.print(view, flags, renderAgents);
  }
}
