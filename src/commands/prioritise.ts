import { string as stringArg } from '@oclif/core/args';

import { BaseCommand } from '../cli/base-command.ts';
import { MISSION } from '../cli/mission-arg.ts';
import { NOTE, renderSteered, taskOf } from '../cli/steering.ts';

const PRIORITIES = ['P0', 'P1', 'P2'] as const;

export default class Prioritise extends BaseCommand {
  static override summary = 'Change the priority of a mission.';
  static override description =
    'Where several missions share the slots of a workspace, tasks of P0 start before those of P1 and P2; who waits long moves up.';
  static override examples = ['<%= config.bin %> <%= command.id %> latest P0'];
  static override args = {
    mission: stringArg({ description: MISSION, required: true }),
    priority: stringArg({ description: 'The priority.', options: [...PRIORITIES], required: true }),
  };
  static override flags = { note: NOTE };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Prioritise);
    const context = this.context(flags);
    const priority = PRIORITIES.find((each) => each === args.priority) ?? 'P1';
    const view = await this.call('prioritise', { ...taskOf({ mission: args.mission }, flags), priority }, context);
    await this.print(view, flags, (shown, screen) => renderSteered(`Priority ${priority}`, shown, { screen, cwd: context.cwd }));
  }
}
