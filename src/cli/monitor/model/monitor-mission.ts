import type { MissionState, TaskState } from '../../../runtime/mission/records.ts';
import type { Amounts } from '../../../runtime/mission/settings.ts';
import type { MonitorTask, OpenQuestion } from './monitor-task.ts';

export interface MonitorMission {
  id: string;
  title: string;
  state: MissionState;
  reason: string | undefined;
  priority: string;
  gate: 'pass' | 'fail' | 'pending';
  gateReasons: string[];
  budget: Amounts;
  spent: { tokens: number; money: number; energy: number; attempts: number };
  /** Milliseconds at work before this session; where the session began, and the last sign of life. */
  wall: number;
  sessionAt: number | undefined;
  lastAt: number | undefined;
  finishedAt: number | undefined;
}

/** What entries are folded into. */
export interface FoldTarget {
  readonly mission: MonitorMission;
  /** Tasks that a person is asked about. */
  readonly asked: ReadonlySet<MonitorTask>;
  /** What agents ask, by the number of the question. */
  readonly questions: Map<string, OpenQuestion>;
  /** The task that was started last. */
  latest: MonitorTask | undefined;
  inState(state: TaskState): Iterable<MonitorTask>;
  /** Every change of a task's state goes through here, so that nothing ever has to be counted again. */
  move(task: MonitorTask, state: TaskState): void;
  /** Notes whether a person is asked about it. */
  attend(task: MonitorTask): void;
}
