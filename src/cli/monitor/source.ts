import type { GraphView, LogLine, LogsView, MissionView } from '../../runtime/app/views.ts';
import type { SteerWord } from './view/steer-word.ts';

/** What a word is about, and why it is said. */
export interface Said {
  task?: string;
  note?: string;
  /** What an agent asks, by its number. */
  question?: string;
}

export interface Listener {
  take: (lines: readonly LogLine[]) => void;
  /** What stands in the way; undefined once it works again. */
  trouble: (message: string | undefined) => void;
}

/** Where a mission is watched and steered: here, or at a control plane. */
export interface MonitorSource {
  graph: () => Promise<GraphView>;
  /** Entries behind position `after`; all if undefined. */
  logs: (after: number | undefined) => Promise<LogsView>;
  /**
   * Hands entries over as they come, from where it stopped the last time, until `signal` is aborted, the mission is over, or there is nobody to follow. Where it is not
   * there, one looks again and again.
   */
  follow?: ((listener: Listener, signal: AbortSignal) => Promise<void>) | undefined;
  /** Resolves when it is done; where that runs the mission, when the mission has ended or waits. */
  steer: (word: SteerWord, about: Said) => Promise<MissionView>;
}
