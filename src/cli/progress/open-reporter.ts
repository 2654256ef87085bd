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

function toStderr(text: string): void {
  process.stderr.write(text);
}
