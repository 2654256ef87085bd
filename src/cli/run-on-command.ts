import { applyDocument, applyExitCode, type ApplyResult, renderApply } from './apply-result.ts';
import { BaseCommand, type GlobalFlags } from './base-command.ts';
import { takeInterrupts } from './interrupt.ts';
import { openReporter } from './progress/open-reporter.ts';
import type { UiMode } from './progress/reporter.ts';
import type { CallContext } from '../runtime/app/operations.ts';

/** A command that runs a mission on until it is over or waits for somebody: progress on the way, the mission at the end. */
export abstract class RunOnCommand extends BaseCommand {
  protected async runOn(
    flags: GlobalFlags & { ui: UiMode },
    operation: (context: CallContext) => Promise<ApplyResult>,
  ): Promise<void> {
    const reporter = await openReporter(flags.ui, { color: !flags['no-color'] });
    const { drain, stop, dispose } = takeInterrupts((text) => reporter.note(text));
    const context = {
      ...this.context(flags),
      drain,
      stop,
      onProgress: reporter.show,
      onNotice: (text: string) => reporter.note(text),
    };
    const view = await operation(context).finally(() => {
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
