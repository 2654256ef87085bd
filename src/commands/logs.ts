import { string as stringArg } from '@oclif/core/args';
import { boolean, integer } from '@oclif/core/flags';

import { BaseCommand } from '../cli/base-command.ts';
import { eventText } from '../cli/document.ts';
import { followMission } from '../cli/follow-mission.ts';
import { MISSION } from '../cli/mission-arg.ts';
import { renderLogs } from '../cli/render/logs.ts';

export default class Logs extends BaseCommand {
  static override summary = 'Print what the log says about a mission or a task.';
  static override description =
    'Entries come in the order of the log. With --follow new ones are printed as they come, until the mission has ended; ' +
    'with --follow and --json they are CloudEvents, one a line.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> latest',
    '<%= config.bin %> <%= command.id %> latest contract:order',
    '<%= config.bin %> <%= command.id %> latest --follow --json',
  ];
  static override args = {
    mission: stringArg({ description: MISSION, required: true }),
    task: stringArg({ description: 'Id of a task, as `status` lists it.' }),
  };
  static override flags = {
    follow: boolean({ summary: 'Go on until the mission has ended.', default: false }),
    limit: integer({ summary: 'So many entries at most.', min: 1, max: 10_000, exclusive: ['follow'] }),
    after: integer({ summary: 'Only entries behind this position.', min: -1, helpValue: 'SEQ', exclusive: ['follow'] }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Logs);
    const context = this.context(flags);
    const input = { mission: args.mission, ...(args.task === undefined ? {} : { task: args.task }) };
    if (!flags.follow) {
      const { limit, after } = flags;
      const page = { ...(limit !== undefined && { limit }), ...(after !== undefined && { after }) };
      await this.print(await this.call('logs', { ...input, ...page }, context), flags, renderLogs);
      return;
    }
    const ask = {
      logs: async (mission: string, after: number | undefined) =>
        this.call('logs', { ...input, mission, ...(after === undefined ? {} : { after }) }, context),
      status: async (mission: string) => this.call('status', { mission }, context),
    };
    for await (const view of followMission(args.mission, ask)) {
      const text = flags.json
        ? view.items
            .map(({ seq, at, entry, mission, task, data }) =>
              eventText({
                type: entry,
                id: String(seq),
                time: at,
                data,
                mission: mission ?? '',
                ...(task === null ? {} : { subject: task }),
              }),
            )
            .join('')
        : await this.text(view, flags, renderLogs);
      process.stdout.write(text);
      if (process.stdout.destroyed) return;
    }
  }
}
