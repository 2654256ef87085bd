import type { Entry } from '../../log/entry.ts';
import type { ReportAttempt, ReportRun } from './report.ts';
import { readUsage } from './usage.ts';

/** An attempt before it is known what ran beside it. */
export type TracedAttempt = Omit<ReportAttempt, 'lane' | 'shared'>;

export interface TracedTask {
  attempts: TracedAttempt[];
  /** When it last came to rest. */
  settled: number | null;
  first: number;
  last: number;
}

/**
 * When tasks ran, from the entries of a mission in order. A process that was killed wrote nothing down: what it had running is taken to have
 * ended with the last entry before somebody went on.
 */
export class TaskTrace {
  readonly tasks = new Map<string, TracedTask>();
  readonly runs: ReportRun[] = [];
  readonly #open = new Map<string, TracedAttempt>();
  #last = { time: 0, at: '' };

  add(entry: Entry, time: number): void {
    if (entry.kind.startsWith('task.') && entry.task !== undefined) this.#addTask(entry, entry.task, time);
    else if (entry.kind === 'mission.created') this.#begin(time);
    else if (entry.kind === 'mission.resumed') {
      this.#end('lost', this.#last);
      this.#begin(time);
    } else if (entry.kind === 'mission.interrupted') this.#end('interrupted', { time, at: entry.at });
    else if (entry.kind === 'mission.finished') this.#finish(entry, time);
    const run = this.runs.at(-1);
    if (run?.ended === 'running') run.end = time;
    this.#last = { time, at: entry.at };
  }

  #addTask(entry: Entry, id: string, time: number): void {
    const task = this.tasks.get(id) ?? { attempts: [], settled: null, first: time, last: time };
    this.tasks.set(id, task);
    task.last = time;
    task.settled = entry.kind === 'task.started' ? null : time;
    if (entry.kind === 'task.started') this.#start(entry, { id, task, time });
    else if (entry.kind === 'task.succeeded' || entry.kind === 'task.failed') this.#settle(entry, id, time);
  }

  #start(entry: Entry, { id, task, time }: { id: string; task: TracedTask; time: number }): void {
    close(this.#open.get(id), this.#last);
    const attempt: TracedAttempt = {
      number: typeof entry.data['attempt'] === 'number' ? entry.data['attempt'] : task.attempts.length + 1,
      outcome: 'running',
      start: time,
      end: null,
      startedAt: entry.at,
      endedAt: null,
      reason: null,
      entries: { start: entry.seq, end: null },
      usage: null,
    };
    task.attempts.push(attempt);
    this.#open.set(id, attempt);
  }

  #settle(entry: Entry, id: string, time: number): void {
    const attempt = this.#open.get(id);
    this.#open.delete(id);
    if (attempt === undefined) return;
    const { reason } = entry.data;
    attempt.outcome = entry.kind === 'task.succeeded' ? 'succeeded' : 'failed';
    attempt.end = time;
    attempt.endedAt = entry.at;
    attempt.reason = typeof reason === 'string' ? reason : null;
    attempt.entries.end = entry.seq;
    attempt.usage = readUsage(entry.data);
  }

  #begin(time: number): void {
    this.runs.push({ start: time, end: time, ended: 'running' });
  }

  /** Ends the run that is open, if one is, and what it had running. */
  #end(ended: ReportRun['ended'], when: { time: number; at: string }): void {
    const run = this.runs.at(-1);
    if (run?.ended !== 'running') return;
    run.ended = ended;
    run.end = when.time;
    for (const attempt of this.#open.values()) close(attempt, when);
    this.#open.clear();
  }

  /** A mission that was left lying is closed by whoever starts the next one. */
  #finish(entry: Entry, time: number): void {
    const leftLying = this.#open.size > 0 || entry.data['state'] === 'cancelled';
    this.#end(leftLying ? 'lost' : 'finished', leftLying ? this.#last : { time, at: entry.at });
  }
}

function close(attempt: TracedAttempt | undefined, { time, at }: { time: number; at: string }): void {
  if (attempt?.outcome !== 'running') return;
  attempt.outcome = 'interrupted';
  attempt.end = Math.max(time, attempt.start);
  attempt.endedAt = at;
}
