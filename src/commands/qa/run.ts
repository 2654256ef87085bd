import { string as stringArg } from '@oclif/core/args';
import { boolean, integer, option, string } from '@oclif/core/flags';

import { BaseCommand } from '../../cli/base-command.ts';
import { takeInterrupts } from '../../cli/interrupt.ts';
import { jsonText } from '../../cli/printable.ts';
import { qaCtrf } from '../../cli/render/qa-ctrf.ts';
import { qaJunit } from '../../cli/render/qa-junit.ts';
import { renderQaRun } from '../../cli/render/qa-run.ts';
import { qaSarif } from '../../cli/render/qa-sarif.ts';

const FORMATS = ['text', 'json', 'junit', 'ctrf', 'sarif'] as const;

export default class QaRun extends BaseCommand {
  static override summary = 'Judge any project by its own tests.';
  static override description =
    'Finds the test tools of a project (node:test, Vitest, Jest, pytest, go test, cargo test), runs them on a copy of it, and says what is wrong. ' +
    'No test, no report, a crash: all of them are failures. Exits with 1 if the answer is no. Nothing is written or recorded.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> services/api --suite pytest --format junit > report.xml',
    '<%= config.bin %> <%= command.id %> --suite weakening --base main',
    "<%= config.bin %> <%= command.id %> --command 'make check' --report junit:build/report.xml",
  ];
  static override args = { dir: stringArg({ description: 'Folder of the project.', default: '.' }) };
  static override flags = {
    format: option({ summary: 'How to print what was found.', options: FORMATS, default: 'text' })(),
    suite: string({
      summary: 'Run the tests of this tool only, or this suite: weakening, mutation, contracts, api.',
      helpValue: 'NAME',
    }),
    base: string({
      summary: 'Also say what the tests ask less for than at this revision; what is mutated has changed since.',
      helpValue: 'REV',
    }),
    url: string({ summary: 'Where the service listens that the suite `api` asks.', helpValue: 'URL' }),
    remote: boolean({ summary: 'It may be on another machine.', default: false }),
    seed: integer({ summary: 'Make the same values again.', helpValue: 'N' }),
    runs: integer({ summary: 'Values for each property; default 100.', helpValue: 'N', min: 1 }),
    command: string({ summary: 'Run this instead, without a shell; {out} in it is a fresh folder.', helpValue: 'COMMAND' }),
    report: string({
      summary: 'A report that the command leaves: junit, ctrf, sarif or lcov.',
      helpValue: 'FORMAT:PATH',
      multiple: true,
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(QaRun);
    const { suite, base, url, remote, seed, runs, command, report: reports } = flags;
    const chosen = {
      ...(suite && { suite }),
      ...(base && { base }),
      ...(url && { url, remote }),
      ...(seed !== undefined && { seed }),
      ...(runs !== undefined && { runs }),
      ...(command && { command }),
      ...(reports && { reports }),
    };
    const { drain, dispose } = takeInterrupts(() => {});
    // There is nothing to finish: the first Ctrl-C stops it.
    const view = await this.call('qa.run', { dir: args.dir, ...chosen }, { ...this.context(flags), stop: drain }).finally(
      dispose,
    );
    await this.print(view, { ...flags, json: flags.json || flags.format === 'json' }, (shown, screen) => {
      if (flags.format === 'junit') return qaJunit(shown);
      if (flags.format === 'ctrf') return `${jsonText(qaCtrf(shown, this.config.version))}\n`;
      if (flags.format === 'sarif') return `${jsonText(qaSarif(shown, this.config.version))}\n`;
      return renderQaRun(shown, screen);
    });
    if (view.result === 'fail') this.exit(1);
  }
}
