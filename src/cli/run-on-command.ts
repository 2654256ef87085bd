import { applyDocument, applyExitCode, type ApplyResult, renderApply } from './apply-result.ts';
import { BaseCommand, type GlobalFlags } from './base-command.ts';
import { takeInterrupts } from './interrupt.ts';
import { openMonitorReporter, openReporter, type SourceOf } from './progress/open-reporter.ts';
import type { GoOn, ProgressReporter, UiMode } from './progress/reporter.ts';
import type { CallContext } from '../runtime/app/operations.ts';

/** A command that runs a mission on until it is over or waits for somebody: progress on the way, the mission at the end. */
export abstract class RunOnCommand extends BaseCommand {
  protected async runOn(
    flags: GlobalFlags & { ui: UiMode },
    operation: (context: CallContext) => Promise<ApplyResult>,
  ): Promise<void> {
    const reporter = await this.#reporter(flags, () => context);
    const { remote } = flags;
    const leaving = remote === undefined ? undefined : `leaving; the mission goes on at ${remote}`;
    const { drain, stop, dispose } = takeInterrupts((text) => reporter.note(text), leaving);
    const context: CallContext = {
      ...this.context(flags),
      drain,
      stop,
      onProgress: reporter.show,
      onNotice: (text: string) => reporter.note(text),
    };
    const view = await this.#told(operation, context, reporter).finally(() => {
      dispose();
      reporter.close();
    });
    const options = { ui: flags.ui, cwd: context.cwd, workspace: flags.workspace, remote };
    process.stdout.write(
      applyDocument(view, flags) ?? (await this.text(view, flags, (shown, screen) => renderApply(shown, screen, options))),
    );
    const code = applyExitCode(view, drain.aborted);
    if (code !== 0) this.exit(code);
  }

  async #told(
    operation: (context: CallContext) => Promise<ApplyResult>,
    context: CallContext,
    reporter: ProgressReporter,
  ): Promise<ApplyResult> {
    try {
      return await this.#run(operation, context, reporter);
    } finally {
      await reporter.ended?.();
    }
  }

  /** Where it waits for a person, and the person is here, it goes on when that person has spoken. */
  async #run(
    operation: (context: CallContext) => Promise<ApplyResult>,
    context: CallContext,
    { decided }: ProgressReporter,
  ): Promise<ApplyResult> {
    let view = await operation(context);
    if (decided === undefined) return view;
    while (view.kind === 'Mission' && context.drain?.aborted !== true) {
      const goOn = await decided(view);
      if (goOn === undefined) break;
      view = await this.#goOn(view.id, goOn, context);
    }
    return view;
  }

  async #goOn(mission: string, { word, task, note }: GoOn, context: CallContext): Promise<ApplyResult> {
    if (word === 'resume') return this.call('resume', { mission }, context);
    return this.call('retry', { mission, ...(task === undefined ? {} : { task }), ...(note === '' ? {} : { note }) }, context);
  }

  async #reporter(flags: GlobalFlags & { ui: UiMode }, running: () => CallContext): Promise<ProgressReporter> {
    const color = !flags['no-color'];
    if (flags.ui !== 'tui') return openReporter(flags.ui, { color });
    return openMonitorReporter({
      color,
      remote: flags.remote !== undefined,
      sourceOf: async (mission, where) =>
        this.#sourceOf(mission, flags.remote === undefined ? { ...running(), workspace: where } : running()),
    });
  }

  /** Who looks tells nothing of it; what somebody wants is given up with the mission. */
  async #sourceOf(mission: string, { onProgress: _, onNotice: __, ...context }: CallContext): ReturnType<SourceOf> {
    return {
      follow: await this.following(mission),
      graph: async () => this.call('graph', { mission }, context),
      logs: async (after) => this.call('logs', { mission, ...(after === undefined ? {} : { after }) }, context),
      steer: async (word, about) =>
        word === 'resume' ? this.call('resume', { mission }, context) : this.call(word, { mission, ...about }, context),
    };
  }
}
