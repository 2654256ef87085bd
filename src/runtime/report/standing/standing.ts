import type { MissionState, TaskState } from '../../mission/records.ts';
import type { Amounts } from '../../mission/settings.ts';
import type { TracedAttempt } from './attempts.ts';

/** How a mission stands, as the entries of its log tell it. Plain values that are replaced, never changed: an equal object is an unchanged one. */
export interface Standing {
  mission: MissionStanding;
  /** Those of which an entry has told. */
  tasks: ReadonlyMap<string, TaskStanding>;
  asOf: AsOf;
  /** The last sign of life of whoever drove it: Unix time in milliseconds. */
  workedAt: number | null;
}

/** The last entry that was told, and how many there were. */
export interface AsOf {
  entry: number;
  at: string;
  entries: number;
  /** Milliseconds since the mission's first entry. A wall clock may be set back; in the order of the log, time stands still instead. */
  time: number;
}

export interface MissionStanding {
  state: MissionState;
  reason: string | null;
  priority: string;
  gate: { result: 'pass' | 'fail' | 'pending'; reasons: readonly string[]; entry: number | null; time: number | null };
  budget: Amounts;
  /** By attempts that have ended by themselves. */
  spent: Spent;
  /** Milliseconds at work before this session, and when (Unix time) the session began. */
  wall: number;
  sessionAt: number | null;
  /** The first entry: Unix time in milliseconds. */
  origin: number | null;
  finishedAt: string | null;
  /** The times in which a process worked on the mission; the last may be going on. */
  runs: readonly MissionRun[];
  /** What agents ask people while they work. */
  questions: readonly OpenQuestion[];
}

export interface Spent {
  tokens: number;
  money: number;
  energy: number;
  attempts: number;
}

export interface MissionRun {
  start: number;
  end: number | null;
  /** `waiting`: for somebody. `lost`: nobody wrote down how it ended. */
  ended: 'finished' | 'waiting' | 'interrupted' | 'lost' | 'running';
}

export interface OpenQuestion {
  /** `q1`: what is answered. */
  id: string;
  task: string;
  /** `to run npm test`. */
  asks: string;
  expires: string;
}

/** What came of asking a person whether a task may start. */
export type Answer = 'asked' | 'given' | 'refused' | 'expired';

export interface TaskStanding {
  state: TaskState;
  reason: string | null;
  approval: Answer | null;
  /** Until when a person is asked, RFC 3339. */
  expires: string | null;
  attempts: readonly TracedAttempt[];
  finishedAt: string | null;
  /** When it came to rest. */
  settled: number | null;
  /** Its first sign of life, and the last. */
  stirred: { first: number; last: number } | null;
}

export const NOTHING_TOLD: Standing = {
  mission: {
    state: 'running',
    reason: null,
    priority: 'P1',
    gate: { result: 'pending', reasons: [], entry: null, time: null },
    budget: {},
    spent: { tokens: 0, money: 0, energy: 0, attempts: 0 },
    wall: 0,
    sessionAt: null,
    origin: null,
    finishedAt: null,
    runs: [],
    questions: [],
  },
  tasks: new Map(),
  asOf: { entry: -1, at: '', entries: 0, time: 0 },
  workedAt: null,
};

export const NEW_TASK: TaskStanding = {
  state: 'waiting',
  reason: null,
  approval: null,
  expires: null,
  attempts: [],
  finishedAt: null,
  settled: null,
  stirred: null,
};
