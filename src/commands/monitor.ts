import { string as stringArg } from '@oclif/core/args';
import { boolean } from '@oclif/core/flags';

import { MonitorCommand } from '../cli/monitor/monitor-command.ts';
import { MISSION } from '../cli/mission-arg.ts';

export default class Monitor extends MonitorCommand {
  static override summary = 'Watch a mission on the whole screen, and steer it.';
  static override description =
    'Shows tasks as a tree or a graph, the log, evidence and facts of the selected one, cost and budget; approvals are decided in place. ' +
    '`?` names the keys. Leaving it leaves the mission as it is. Where there is no terminal, a line is printed for each entry.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> 0199a3c2 --remote build',
    'INK_SCREEN_READER=true <%= config.bin %> <%= command.id %> latest',
  ];
  static override args = { mission: stringArg({ description: MISSION, default: 'latest' }) };
  static override flags = {
    'screen-reader': boolean({
      summary: 'Sentences from top to bottom, to be read out; also INK_SCREEN_READER=true.',
      default: false,
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Monitor);
    await this.monitor(args.mission, { ...flags, screenReader: flags['screen-reader'] });
  }
}
