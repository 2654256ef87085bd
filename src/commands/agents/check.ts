import { string as stringArg } from '@oclif/core/args';
import { string } from '@oclif/core/flags';

import { BaseCommand } from '../../cli/base-command.ts';
import { AGENTS_OF } from '../../cli/mission-arg.ts';
import { renderAgentCheck } from '../../cli/render/agents.ts';

export default class AgentsCheck extends BaseCommand {
  static override summary = 'Look at what agents need here, and say how to get what is missing.';
  static override description = 'Exits with 4 if the agent that is named cannot work here.';
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> opencode'];
  static override args = { name: stringArg({ description: 'Name of an agent; all of them if it is left out.' }) };
  static override flags = { bundle: string({ summary: AGENTS_OF, helpValue: 'BUNDLE' }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(AgentsCheck);
    const { bundle } = flags;
    const { name } = args;
    const input = { ...(bundle === undefined ? {} : { bundle }), ...(name === undefined ? {} : { name }) };
    const view = await this.call('agents.check', input, this.context(flags));
    await this.print(view, flags, renderAgentCheck);
    if (name !== undefined && view.items.some(({ usable }) => !usable)) this.exit(4);
  }
}
