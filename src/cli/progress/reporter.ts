import type { Progress } from '../../runtime/app/views.ts';

export const UI_MODES = ['auto', 'tui', 'stream', 'json', 'silent'] as const;
export type UiMode = (typeof UI_MODES)[number];

/** Shows what `apply` is doing. Writing must not fail: a mission goes on whoever watches. */
export interface ProgressReporter {
  show: (progress: Progress) => void;
  /** A line that is about no task: what Ctrl-C did. */
  note: (text: string) => void;
  /** Leaves the screen as the next writer expects it. */
  close: () => void;
}

export const silentReporter: ProgressReporter = { show() {}, note() {}, close() {} };
