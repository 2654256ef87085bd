import type { GraphView, LogsView, MissionView } from '../../runtime/app/views.ts';
import type { SteerWord } from './view/steer-word.ts';

/** What a word is about, and why it is said. */
export interface Said {
  task?: string;
  note?: string;
  /** What an agent asks, by its number. */
  question?: string;
}

/** Where a mission is watched and steered: here, or at a control plane. */
export interface MonitorSource {
  graph: () => Promise<GraphView>;
  /** Entries behind position `after`; all if undefined. */
  logs: (after: number | undefined) => Promise<LogsView>;
  /** Resolves when it is done; where that runs the mission, when the mission has ended or waits. */
  steer: (word: SteerWord, about: Said) => Promise<MissionView>;
}
