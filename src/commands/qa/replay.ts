import { string as stringArg } from '@oclif/core/args';
import { boolean, string } from '@oclif/core/flags';

import { BaseCommand } from '../../cli/base-command.ts';
import { takeInterrupts } from '../../cli/interrupt.ts';
import { renderQaRun } from '../../cli/render/qa-run.ts';

export default class QaReplay extends BaseCommand {
  static override summary = 'Try again what broke a property.';
  static override description =
    'Takes what `qa run --json` printed, and tries its counterexamples again, from the smallest. Exits with 1 if one still fails.';
  static override examples = [
    '<%= config.bin %> qa run --suite contracts --json > qa.json; <%= config.bin %> <%= command.id %> qa.json',
  ];
  static override args = {
    report: stringArg({ description: 'File with the report.', required: true }),
    dir: stringArg({ description: 'Folder of the project; default that of the report.' }),
  };
  static override flags = {
    url: string({ summary: 'Where the service of the report listens now.', helpValue: 'URL' }),
    'allow-remote': boolean({ summary: 'It may be on another machine.', default: false }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(QaReplay);
    const { drain, dispose } = takeInterrupts(() => {});
    const input = {
      report: args.report,
      ...(args.dir && { dir: args.dir }),
      ...(flags.url && { url: flags.url }),
      remote: flags['allow-remote'],
    };
    const view = await this.call('qa.replay', input, { ...this.context(flags), stop: drain }).finally(dispose);
    await this.print(view, flags, renderQaRun);
    if (view.result === 'fail') this.exit(1);
  }
}
