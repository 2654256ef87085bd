import { string as stringArg } from '@oclif/core/args';
import { boolean, option, string } from '@oclif/core/flags';

import { NexusError } from '../base/errors.ts';
import { BaseCommand } from '../cli/base-command.ts';
import { MISSION } from '../cli/mission-arg.ts';
import { renderReport } from '../cli/render/report.ts';

const FORMATS = ['html', 'trace', 'json'] as const;

export default class Report extends BaseCommand {
  static override summary = 'Write a report of a mission: a page, a trace or JSON.';
  static override description =
    'The page has the graph, timeline, cost, verdicts, evidence and proofs, and needs no server and no network. The trace opens in Perfetto and ' +
    'chrome://tracing. Both are made from the log alone, also while the mission runs, and go to the `reports` folder of the workspace unless ' +
    '--out says otherwise. A file that is no report is not written over.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> 0199a3c2 --out report.html',
    '<%= config.bin %> <%= command.id %> --format trace --out - | gzip > mission.trace.json.gz',
  ];
  static override args = { mission: stringArg({ description: MISSION, default: 'latest' }) };
  static override flags = {
    format: option({ summary: 'What to make.', options: FORMATS, default: 'html' })(),
    out: string({ summary: 'File to write, or `-` for stdout.', helpValue: 'FILE' }),
    force: boolean({ summary: 'Write over a file that is no report.' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Report);
    const { format, out, force } = flags;
    if (flags.json && out === '-' && format !== 'json') throw bothOnStdout(format);
    const context = this.context(flags);
    const place = out === undefined ? {} : { out };
    const { text, ...view } = await this.call('report', { mission: args.mission, format, force, ...place }, context);
    if (text !== undefined) process.stdout.write(text);
    else
      await this.print(view, { ...flags, json: flags.json || view.written === undefined }, (shown, screen) =>
        renderReport(shown, screen, context),
      );
  }
}

function bothOnStdout(format: string): NexusError {
  return new NexusError('USAGE', `--json and --out - cannot both have stdout.`, {
    hint: `Leave out --json to print the report, or name a file: --out FILE. \`--format json\` prints what ${format} is made from.`,
  });
}
