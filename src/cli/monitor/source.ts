import type { GraphView, LogsView, MissionView } from '../../runtime/app/views.ts';
import type { SteerWord } from './view/steer-word.ts';

/** Where a mission is watched and steered: here, or at a control plane. */
export interface MonitorSource {
  graph: () => Promise<GraphView>;
  /** Entries behind position `after`; all if undefined. */
  logs: (after: number | undefined) => Promise<LogsView>;
  /** Resolves when it is done; where that runs the mission, when the mission has ended or waits. */
  steer: (word: SteerWord, about: { task?: string; note?: string }) => Promise<MissionView>;
}
