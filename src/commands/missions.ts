import { integer, option, string } from '@oclif/core/flags';

import { repeatable } from '../cli/apply-flags.ts';
import { BaseCommand } from '../cli/base-command.ts';
import { renderMissions } from '../cli/render/missions.ts';

export default class Missions extends BaseCommand {
  static override summary = 'List the missions of this workspace, newest first.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --state waiting --state running',
    '<%= config.bin %> <%= command.id %> --json',
  ];
  static override flags = {
    state: option({
      summary: 'Only those in this state; may be repeated.',
      options: ['running', 'waiting', 'succeeded', 'failed', 'cancelled'] as const,
      ...repeatable,
    })(),
    limit: integer({ summary: 'So many at most.', min: 1, max: 1000 }),
    after: string({ summary: 'Only those behind this one.', helpValue: 'MISSION' }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Missions);
    const { state: states = [], limit, after } = flags;
    const page = { ...(limit !== undefined && { limit }), ...(after !== undefined && { after }) };
    await this.print(await this.call('missions', { states, ...page }, this.context(flags)), flags, renderMissions);
  }
}
