import type { Priority } from '../../spec/model.ts';

/** A task as the scheduler sees it. */
export interface PlanTask {
  /** Positions of the tasks it needs: each before its own. */
  needs: readonly number[];
  /** Whose slots it takes. */
  pool: string;
  /** 0 is the most urgent. Counts inside of its mission only. */
  priority: number;
  /** How often it may fail before it has failed. */
  attempts: number;
  /** A person must have said yes before it starts. */
  approval: boolean;
}

/** A task of a mission, by its position in the graph. */
export interface TaskRef {
  mission: string;
  task: number;
}

/** What has happened. Time, people and processes reach the plan through these alone. */
export type PlanEvent =
  /** `failures`: how often each task has failed before. */
  | { type: 'open'; mission: string; tasks: readonly PlanTask[]; priority: Priority; failures?: readonly number[] }
  | { type: 'capacity'; pool: string; free: number }
  /** `disputes`: tasks that have settled, and changed the same files as others side by side; each is looked at when all before it in the graph have settled. */
  | ({ type: 'hit'; disputes?: readonly number[] } & TaskRef)
  /** What it builds on cannot be put together; `by` is the one of it that may have to be done again. */
  | ({ type: 'blocked'; by: number } & TaskRef)
  /** The cache has nothing. `key`: equal keys run once at a time; without one the task runs whatever else does. */
  | ({ type: 'miss'; key?: string } & TaskRef)
  /** It has failed before in this mission, `failures` times. `blames`: its last failure has not been acted on yet. */
  | ({ type: 'spent'; failures: number; key?: string; blames?: readonly number[] } & TaskRef)
  | ({ type: 'finished'; outcome: 'succeeded'; disputes?: readonly number[] } & TaskRef)
  /** `blames`: those of its needs whose results are at fault. Where they have attempts left they are done again, and all that builds on them. `final`: it is not tried again. */
  | ({ type: 'finished'; outcome: 'failed'; blames?: readonly number[]; final?: boolean } & TaskRef)
  /** Whoever was at it has gone: it gets in line again, and has not failed. */
  | ({ type: 'finished'; outcome: 'lost' } & TaskRef)
  /** What it left was held against what those before it left. `onto`: those with which it cannot be put together; none if it can. */
  | ({ type: 'integrated'; onto: readonly number[] } & TaskRef)
  | ({ type: 'approved' } & TaskRef)
  /** A person said no, or nobody said anything in time. */
  | ({ type: 'refused' } & TaskRef)
  | { type: 'cancel'; mission: string; task?: number }
  /** What has failed or was cancelled is to be done again: one task, or all. */
  | { type: 'retry'; mission: string; task?: number }
  | { type: 'prioritise'; mission: string; priority: Priority }
  /** Start nothing more of this mission; what runs may end. */
  | { type: 'hold'; mission: string }
  | { type: 'release'; mission: string }
  /** Start nothing more at all. */
  | { type: 'drain' };

/** What the driver has to do now, in this order. */
export type PlanCommand =
  /** `landed`: an equal task that it waited for has just succeeded. */
  | ({ type: 'lookup'; landed?: true } & TaskRef)
  | ({ type: 'ask' } & TaskRef)
  | { type: 'start'; pool: string; mission: string; tasks: number[] }
  /** End the running attempt; it is to be reported as finished all the same. */
  | ({ type: 'stop' } & TaskRef)
  /** It has failed for good. */
  | ({ type: 'fail' } & TaskRef)
  /** Their results no longer count: `because` found them at fault. */
  | { type: 'reopen'; mission: string; tasks: number[]; because: number }
  /** Hold what it left against what those before it left, who have all settled, and report it as integrated. */
  | ({ type: 'integrate' } & TaskRef)
  /** Its result cannot be put together with those of `onto`: it builds on them from now on, and is done again, or with `final` has failed. */
  | ({ type: 'rebase'; onto: readonly number[]; final: boolean } & TaskRef)
  | ({ type: 'skip'; because: number } & TaskRef)
  | ({ type: 'cancelled' } & TaskRef)
  | { type: 'done'; mission: string; outcome: PlanOutcome };

/** `waiting`: nothing can go on until a person has spoken. `held`, `drained`: told to stop with work left. */
export type PlanOutcome = 'succeeded' | 'failed' | 'cancelled' | 'waiting' | 'held' | 'drained';
