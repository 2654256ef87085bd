import { numberIn, textIn, type ToldEntry } from './told-entry.ts';
import { readUsage, type ReportUsage } from './usage.ts';

/** Times are milliseconds since the mission's first entry. */
export interface TracedAttempt {
  number: number;
  /** `interrupted`: started, and stopped or killed before it ended. */
  outcome: 'succeeded' | 'failed' | 'interrupted' | 'running';
  start: number;
  end: number | null;
  startedAt: string;
  endedAt: string | null;
  reason: string | null;
  /** Positions in the log. */
  entries: { start: number; end: number | null };
  usage: ReportUsage | null;
}

type Attempts = readonly TracedAttempt[];

export function begun(attempts: Attempts, { seq, at, data }: ToldEntry, time: number): Attempts {
  const fresh: TracedAttempt = {
    number: numberIn(data, 'attempt') ?? attempts.length + 1,
    outcome: 'running',
    start: time,
    end: null,
    startedAt: at,
    endedAt: null,
    reason: null,
    entries: { start: seq, end: null },
    usage: null,
  };
  return [...attempts, fresh];
}

/** The one that runs, if one does, has ended by itself. */
export function ended(attempts: Attempts, { kind, seq, at, data }: ToldEntry, time: number): Attempts {
  return withLast(attempts, ({ entries, ...attempt }) => ({
    ...attempt,
    outcome: kind === 'task.succeeded' ? 'succeeded' : 'failed',
    end: time,
    endedAt: at,
    reason: textIn(data, 'reason'),
    entries: { ...entries, end: seq },
    usage: readUsage(data),
  }));
}

/** The one that runs, if one does, was cut off. */
export function cutOff(attempts: Attempts, { at, time }: { at: string; time: number }): Attempts {
  return withLast(attempts, (attempt) => ({
    ...attempt,
    outcome: 'interrupted',
    end: Math.max(time, attempt.start),
    endedAt: at,
  }));
}

export function isOpen(attempts: Attempts): boolean {
  return attempts.at(-1)?.outcome === 'running';
}

function withLast(attempts: Attempts, end: (attempt: TracedAttempt) => TracedAttempt): Attempts {
  const last = attempts.at(-1);
  return last?.outcome === 'running' ? [...attempts.slice(0, -1), end(last)] : attempts;
}
