import type { MissionView, Progress } from '../../runtime/app/views.ts';

export const UI_MODES = ['auto', 'tui', 'stream', 'json', 'silent'] as const;
export type UiMode = (typeof UI_MODES)[number];

/** Shows what `apply` is doing. Writing must not fail: a mission goes on whoever watches. */
export interface ProgressReporter {
  show: (progress: Progress) => void;
  /** A line that is about no task: what Ctrl-C did. */
  note: (text: string) => void;
  /** Leaves the screen as the next writer expects it. */
  close: () => void;
  /** Called before `close`, where there is time: resolves when all that has happened is known to it. */
  ended?: () => Promise<void>;
  /** Where the mission waits for somebody who is here: what to do with it now. Undefined: it is left as it is. */
  decided?: (view: MissionView) => Promise<GoOn | undefined>;
}

/** To run a mission on: an operation, and what it is asked besides the mission. */
export interface GoOn {
  word: 'resume' | 'retry';
  task: string | undefined;
  note: string;
}

export const silentReporter: ProgressReporter = { show() {}, note() {}, close() {} };
