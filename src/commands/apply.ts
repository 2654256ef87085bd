import { string as stringArg } from '@oclif/core/args';

import { APPLY_FLAGS, refuseUnbuiltApply } from '../cli/apply-flags.ts';
import { applyDocument, applyExitCode, renderApply } from '../cli/apply-result.ts';
import { BaseCommand } from '../cli/base-command.ts';
import { takeInterrupts } from '../cli/interrupt.ts';
import { agentOf, BUNDLE, dialectOf } from '../cli/mission-arg.ts';
import { openReporter } from '../cli/progress/open-reporter.ts';

export default class Apply extends BaseCommand {
  static override summary = 'Run the mission of a specification to its gate.';
  static override description =
    'Builds what the specification states, tests it, signs the evidence into the log and writes the product below the ' +
    'workspace. What is already done is taken from the cache. A mission that was stopped goes on with the same command. ' +
    'Ctrl-C finishes the running tasks; pressed again, it stops them.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> spec.md',
    '<%= config.bin %> <%= command.id %> spec.md --dry-run',
    '<%= config.bin %> <%= command.id %> specs/ --jobs 8 --ui json > events.jsonl',
  ];
  static override args = { bundle: stringArg({ description: BUNDLE, required: true }) };
  static override flags = APPLY_FLAGS;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Apply);
    refuseUnbuiltApply(flags);
    const reporter = await openReporter(flags.ui, { color: !flags['no-color'] });
    const { drain, stop, dispose } = takeInterrupts((text) => reporter.note(text));
    const context = { ...this.context(flags), drain, stop, onProgress: reporter.show };
    const { jobs, only = [], force = [], 'dry-run': dryRun, strict, locked, tick, budget = [], priority } = flags;
    const input = {
      bundle: args.bundle,
      only,
      force,
      dryRun,
      strict,
      locked,
      budget,
      priority,
      requireApproval: flags['require-approval'] ?? [],
      ...agentOf(flags),
      tick,
      ...dialectOf(flags),
      ...(jobs === undefined ? {} : { jobs }),
    };
    const view = await this.call('apply', input, context).finally(() => {
      dispose();
      reporter.close();
    });

    const options = { ui: flags.ui, cwd: context.cwd, workspace: flags.workspace };
    process.stdout.write(
      applyDocument(view, flags) ?? (await this.text(view, flags, (shown, screen) => renderApply(shown, screen, options))),
    );
    const code = applyExitCode(view, drain.aborted);
    if (code !== 0) this.exit(code);
  }
}
