import type { Screen } from '../screen.ts';
import { progressLine } from './line.ts';
import type { ProgressReporter } from './reporter.ts';

/** One line per change; for logs, pipes and terminals that cannot move the cursor. */
export function streamReporter(write: (text: string) => void, { paint }: Screen): ProgressReporter {
  return {
    show: (progress) => write(`${progressLine(progress, paint)}\n`),
    note: (text) => write(`${paint.yellow(text)}\n`),
    close() {},
  };
}
