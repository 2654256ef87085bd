import { PACE } from '../monitor/pace.ts';
import type { MonitorSource } from '../monitor/source.ts';
import { openScreen } from '../screen.ts';
import { eventReporter } from './event-reporter.ts';
import { liveReporter } from './live-reporter.ts';
import { type ProgressReporter, silentReporter, type UiMode } from './reporter.ts';
import { streamReporter } from './stream-reporter.ts';

/** The reporter for `--ui`; people's progress goes to stderr, events are a result and go to stdout. */
export async function openReporter(ui: UiMode, { color }: { color: boolean }): Promise<ProgressReporter> {
  if (ui === 'silent') return silentReporter;
  if (ui === 'json') return eventReporter((text) => process.stdout.write(text));
  const screen = await openScreen(process.stderr, { color });
  return ui === 'auto' && screen.live
    ? liveReporter(toStderr, screen, () => performance.now())
    : streamReporter(toStderr, screen);
}

/** Who asks about the mission that the monitor shows. */
export type SourceOf = (mission: string, where: string) => Promise<MonitorSource>;

/** The monitor as progress; where there is no terminal for it, a line for each change, and why. */
export async function openMonitorReporter({
  color,
  sourceOf,
  remote,
}: {
  color: boolean;
  sourceOf: SourceOf;
  remote: boolean;
}): Promise<ProgressReporter> {
  const { openTerminal } = await import('../monitor/terminal.ts');
  const terminal = await openTerminal(process.stderr, { color, screenReader: false });
  if (terminal === undefined) {
    const reporter = await openReporter('stream', { color });
    reporter.note('There is no terminal to draw on: a line is printed for each change instead.');
    return reporter;
  }
  const [{ loadInk }, { TuiReporter }] = await Promise.all([
    import('../monitor/ink/load-ink.ts'),
    import('../monitor/tui-reporter.ts'),
  ]);
  const interrupt = (): void => void process.kill(process.pid, 'SIGINT');
  return new TuiReporter({
    terminal,
    parts: await loadInk(),
    sourceOf,
    remote,
    pace: remote ? PACE.remote : PACE.here,
    interrupt,
  });
}

function toStderr(text: string): void {
  process.stderr.write(text);
}
