import { option } from '@oclif/core/flags';

import { repeatable } from '../cli/apply-flags.ts';
import { BaseCommand } from '../cli/base-command.ts';
import { askedPage, pageFlags } from '../cli/page-flags.ts';
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
    ...pageFlags('MISSION'),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Missions);
    const { state: states = [] } = flags;
    await this.print(await this.call('missions', { states, ...askedPage(flags) }, this.context(flags)), flags, renderMissions);
  }
}
