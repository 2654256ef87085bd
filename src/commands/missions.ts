import { BaseCommand } from '../cli/base-command.ts';
import { renderMissions } from '../cli/render/missions.ts';

export default class Missions extends BaseCommand {
  static override summary = 'List the missions of this workspace, newest first.';
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json'];

  async run(): Promise<void> {
    const { flags } = await this.parse(Missions);
    await this.print(await this.call('missions', {}, this.context(flags)), flags, renderMissions);
  }
}
