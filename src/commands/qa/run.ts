import { string as stringArg } from '@oclif/core/args';
import { boolean, integer, option, string } from '@oclif/core/flags';

import { BaseCommand } from '../../cli/base-command.ts';
import { takeInterrupts } from '../../cli/interrupt.ts';
import { splitReports, writeReports } from '../../cli/qa-report-files.ts';
import { QA_FORMATS } from '../../cli/render/qa-reports.ts';
import { renderQaRun } from '../../cli/render/qa-run.ts';

const FORMATS = ['text', 'json', 'junit', 'ctrf', 'sarif'] as const;

export default class QaRun extends BaseCommand {
  static override summary = 'Judge any project by its own tests.';
  static override description =
    'Finds the test tools of a project (node:test, Vitest, Jest, pytest, go test, cargo test), runs them on a copy of it, and says what is wrong. ' +
    'No test, no report, a crash: all of them are failures. Exits with 1 if the answer is no. Nothing is recorded.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> services/api --suite pytest --format junit > report.xml',
    '<%= config.bin %> <%= command.id %> --suite weakening --base main',
    '<%= config.bin %> <%= command.id %> --report junit=out/junit.xml --report sarif=out/qa.sarif --push http://localhost:9091',
    "<%= config.bin %> <%= command.id %> --command 'make check' --report junit:build/report.xml",
  ];
  static override args = { dir: stringArg({ description: 'Folder of the project.', default: '.' }) };
  static override flags = {
    format: option({ summary: 'How to print what was found.', options: FORMATS, default: 'text' })(),
    suite: string({
      summary:
        'Run the tests of this tool only, or this suite: weakening, held-out, mutation, contracts, api, probes, chaos, adversary.',
      helpValue: 'NAME',
    }),
    base: string({
      summary: 'Also say what the tests ask less for than at this revision; what is mutated has changed since.',
      helpValue: 'REV',
    }),
    url: string({ summary: 'Where the service listens that the suite `api` asks.', helpValue: 'URL' }),
    'allow-remote': boolean({ summary: 'It may be on another machine.', default: false }),
    seed: integer({ summary: 'Make the same values again.', helpValue: 'N' }),
    runs: integer({ summary: 'Values for each property; default 100.', helpValue: 'N', min: 1 }),
    command: string({ summary: 'Run this instead, without a shell; {out} in it is a fresh folder.', helpValue: 'COMMAND' }),
    report: string({
      summary:
        'A report that the command leaves (FORMAT:PATH: junit, ctrf, sarif, lcov), or one to write (FORMAT=FILE: json, junit, ctrf, sarif, intoto, stryker).',
      helpValue: 'FORMAT:PATH|FORMAT=FILE',
      multiple: true,
    }),
    agent: string({ summary: 'The agent that the suite `adversary` tries.', helpValue: 'NAME' }),
    'allow-namespace': string({
      summary: 'Experiments may disturb this namespace of the cluster that kubectl uses.',
      helpValue: 'NAME',
      multiple: true,
    }),
    'unsafe-no-sandbox': boolean({ summary: 'Run the tests as you, with nothing around them.', default: false }),
    push: string({ summary: 'Put metrics to this Prometheus Pushgateway.', helpValue: 'URL' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(QaRun);
    const { suite, base, url, 'allow-remote': remote, seed, runs, command, push } = flags;
    const { left, written } = splitReports(flags.report ?? []);
    const chosen = {
      ...(suite && { suite }),
      ...(base && { base }),
      ...(url && { url, remote }),
      ...(seed !== undefined && { seed }),
      ...(runs !== undefined && { runs }),
      ...(command && { command }),
      ...(left.length > 0 && { reports: left }),
      ...(push && { push }),
      ...(flags.agent && { agent: flags.agent }),
      ...(flags['allow-namespace'] && { namespaces: flags['allow-namespace'] }),
      ...(flags['unsafe-no-sandbox'] && { unsafeNoSandbox: true }),
      ...(written.some(({ format }) => format === 'intoto') && { statement: true }),
      ...(written.some(({ format }) => format === 'stryker') && { mutationReport: true }),
    };
    const { drain, dispose } = takeInterrupts(() => {});
    // There is nothing to finish: the first Ctrl-C stops it.
    const view = await this.call('qa.run', { dir: args.dir, ...chosen }, { ...this.context(flags), stop: drain }).finally(
      dispose,
    );
    const { version } = this.config;
    writeReports(written, view, { cwd: process.cwd(), version });
    const { format } = flags;
    await this.print(view, { ...flags, json: flags.json || format === 'json' }, (shown, screen) =>
      format === 'text' ? renderQaRun(shown, screen) : QA_FORMATS[format](shown, version),
    );
    if (view.result === 'fail') this.exit(1);
  }
}
