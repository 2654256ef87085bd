import { type Clock, ticks } from '../../base/clock.ts';
import { messageOf, NexusError } from '../../base/errors.ts';
import { heapBound } from '../../base/heap-bound.ts';
import type { Priority } from '../../spec/model.ts';
import type { Journal } from './journal.ts';
import type { Ending } from './lookup.ts';
import { Plan } from './plan.ts';
import type { PlanCommand, PlanEvent, PlanOutcome, PlanTask, TaskRef } from './plan-event.ts';
import { QA_POOL, WORK_POOL } from './plan-tasks.ts';
import type { Attempt, AttemptResult, Runner } from './runner.ts';

export interface LoopOptions {
  runner: Runner;
  clock: Clock;
  /** How many agents may work at once, over all missions. */
  jobs: number;
  /** Aborted once: finish what runs, start nothing more. */
  drain: AbortSignal;
  /** Aborted: end what runs, now. */
  stop: AbortSignal;
}

/** A mission as the loop drives it. */
export interface OpenMission {
  journal: Journal;
  tasks: readonly PlanTask[];
  priority: Priority;
  /** Tasks that a person has approved already. */
  approved: readonly number[];
  /** How often each task has failed before. */
  failures: readonly number[];
  /** Milliseconds that one attempt may take. */
  attemptLimit: number | undefined;
}

/**
 * How long the first check waits for company, in milliseconds: a run of the test tools costs seconds however few tests it has, and
 * tasks tend to finish together.
 */
const QA_LINGER = 25;

/** How many checks share one run of the test tools: start-up costs seconds, and memory grows with the number. */
const QA_BATCH = 64;

/** The longest that a timer can wait. */
const MAX_TIMER = 2 ** 31 - 1;

/** How often one looks whether the time for an answer is over, in milliseconds. */
const LOOK = 30_000;

interface Driven extends OpenMission {
  resolve: (end: LoopEnd) => void;
  /** By what they are for. */
  timers: Map<string, NodeJS.Timeout>;
  /** Why it is to stop with work left. */
  reason: string | undefined;
}

export interface LoopEnd {
  outcome: PlanOutcome;
  /** Why it has stopped with work left, if somebody or a limit wanted that. */
  reason: string | undefined;
}

/** What people and limits want of a mission that is being driven. */
export type Steering = Extract<
  PlanEvent,
  { type: 'approved' | 'refused' | 'cancel' | 'retry' | 'prioritise' | 'hold' | 'release' }
>;

/**
 * The one loop, for all missions of this process: ask the plan what to do, do it, wait for one result, tell the plan. Every start is in the journal
 * before the runner hears of it, every end before the plan does.
 */
export class Loop {
  readonly #options: LoopOptions;
  readonly #plan = new Plan({ batch: { [QA_POOL]: QA_BATCH } });
  readonly #missions = new Map<string, Driven>();
  readonly #inbox: PlanEvent[] = [];
  /** Attempts that run, by task. */
  readonly #running = new Map<string, AbortController>();
  /** Ends that are on their way into the log. */
  readonly #endings = new Set<Promise<void>>();
  readonly #boundHeap = heapBound();
  #opened = 0;
  #attempts = 0;
  /** What opens the slot for checks, while it is closed; nothing while checks run. */
  #lingering: NodeJS.Timeout | 'over' | undefined;
  #turning = false;
  /** Those who wait for the turn that is under way. */
  readonly #waiting: (() => void)[] = [];
  #wake: (() => void) | undefined;
  #failure: { error: unknown } | undefined;

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#inbox.push({ type: 'capacity', pool: WORK_POOL, free: options.jobs });
    const onDrain = (): void => this.#post({ type: 'drain' });
    options.stop.addEventListener('abort', () => this.#stopAll(), { once: true });
    if (options.drain.aborted) this.#inbox.push({ type: 'drain' });
    else options.drain.addEventListener('abort', onDrain, { once: true });
  }

  /** Whether the mission is being driven. */
  drives(mission: string): boolean {
    return this.#missions.has(mission);
  }

  /** How many tasks have a place in line for a pool. */
  queued(pool: string): number {
    return this.#plan.queued(pool);
  }

  /** A pool has so many slots more, or less. */
  widen(pool: string, free: number): void {
    const event: PlanEvent = { type: 'capacity', pool, free };
    // With nothing to drive there is no turn that would hear of it.
    if (this.#missions.size === 0) this.#plan.step(event);
    else this.#post(event);
  }

  /** Drives the mission until it is over or cannot go on. Rejects when the log or the store fails, and after `stop`. */
  async open(mission: OpenMission): Promise<LoopEnd> {
    const { journal, tasks, priority, approved, failures } = mission;
    const id = journal.mission;
    return new Promise((resolve, reject) => {
      const driven: Driven = { ...mission, resolve, timers: new Map(), reason: undefined };
      this.#missions.set(id, driven);
      this.#opened++;
      this.#post(
        { type: 'open', mission: id, tasks, priority, failures },
        ...approved.map((task): PlanEvent => ({ type: 'approved', mission: id, task })),
      );
      this.#limitTime(driven);
      void this.#turn().catch(reject);
    });
  }

  /** What somebody wants, which is in the log by now. `reason`: why the mission is held, or the task refused. `asked`: the task waits for this answer. */
  steer(event: Steering, { reason, asked = false }: { reason?: string; asked?: boolean } = {}): void {
    const driven = this.#missions.get(event.mission);
    if (driven === undefined) return;
    if (event.type === 'hold') driven.reason = reason;
    if (event.type === 'refused' && asked) driven.journal.refuse(event.task, reason ?? 'It was rejected.');
    this.#post(event);
  }

  /** One at a time, however many missions wait for it; it ends when there is nothing to do, and is called again when there is. */
  async #turn(): Promise<void> {
    if (this.#turning) return this.#settledByOther();
    this.#turning = true;
    try {
      while (this.#missions.size > 0) {
        const event = await this.#next();
        if (event === undefined) break;
        for (const command of this.#plan.step(event)) await this.#perform(command);
        this.#linger();
      }
    } catch (error) {
      for (const driven of this.#missions.values()) this.#forget(driven);
      this.#failure ??= { error };
      throw error;
    } finally {
      this.#turning = false;
      for (const wake of this.#waiting.splice(0)) wake();
    }
  }

  /** The turn that is under way drives this mission too; if it fails, so does this one. */
  async #settledByOther(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #next(): Promise<PlanEvent | undefined> {
    for (;;) {
      if (this.#failure !== undefined && this.#attempts === 0) throw this.#failure.error;
      const event = this.#failure === undefined ? this.#inbox.shift() : undefined;
      if (event !== undefined) return event;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async #perform(command: PlanCommand): Promise<void> {
    const driven = this.#driven(command.mission);
    const { journal } = driven;
    switch (command.type) {
      case 'lookup': {
        await this.#equalsEnded(command);
        // No wait between look and answer: an equal task that ends in between would go unseen.
        this.#inbox.push({ ...journal.lookUp(command.task), mission: command.mission, task: command.task });
        await journal.relieve();
        break;
      }
      case 'ask':
        this.#awaitAnswer(driven, command, await journal.ask(command.task));
        break;
      case 'start':
        this.#attempts++;
        void this.#attempt(driven, command);
        break;
      case 'stop':
        this.#running.get(nameOf(command))?.abort();
        break;
      case 'fail':
        await journal.settled();
        journal.escalate(command.task);
        break;
      case 'reopen':
        await journal.settled();
        await journal.reopen(command.tasks, command.because);
        break;
      case 'integrate':
        this.#inbox.push({
          type: 'integrated',
          onto: journal.integrate(command.task),
          mission: command.mission,
          task: command.task,
        });
        break;
      case 'rebase':
        await journal.settled();
        await journal.rebase(command.task, command.onto, command);
        break;
      case 'skip':
        journal.skip(command.task, command.because);
        break;
      case 'cancelled':
        journal.cancelled(command.task);
        break;
      case 'done':
        this.#forget(driven);
        driven.resolve({ outcome: command.outcome, reason: driven.reason });
        break;
    }
  }

  /** What an equal task has just left must be in the log before one looks for it. Equal tasks are mostly those of other missions. */
  async #equalsEnded({ landed }: Extract<PlanCommand, { type: 'lookup' }>): Promise<void> {
    if (landed !== true && this.#opened < 2) return;
    while (this.#endings.size > 0) await Promise.all(this.#endings);
  }

  #forget(driven: Driven): void {
    for (const timer of driven.timers.values()) clearTimeout(timer);
    this.#missions.delete(driven.journal.mission);
  }

  /** `until` is a moment of the clock on the wall, which may be set, and goes on while the machine sleeps: so one looks at it again and again. */
  #awaitAnswer(driven: Driven, ref: TaskRef, until: number | undefined): void {
    if (until === undefined) return;
    const look = (): void => {
      const left = until - this.#options.clock.now();
      if (!driven.journal.asks(ref.task)) return;
      if (left > 0) driven.timers.set(nameOf(ref), setTimeout(look, Math.min(left, LOOK)));
      else {
        driven.journal.expire(ref.task);
        // Durable first: a yes that comes later is then refused.
        void driven.journal.flush().then(
          () => this.#post({ type: 'refused', ...ref }),
          (error: unknown) => this.#fail(error),
        );
      }
    };
    look();
  }

  /** The mission's time at work. */
  #limitTime(driven: Driven): void {
    const { spending, mission } = driven.journal;
    const reached = spending.reached();
    const left = spending.timeLeft();
    if (reached !== undefined) this.#post({ type: 'hold', mission });
    driven.reason = reached === undefined ? undefined : budgetSpent(reached);
    if (left === undefined || reached !== undefined) return;
    const end = ticks() + left;
    const look = (): void => {
      const more = end - ticks();
      if (more > 0) driven.timers.set('budget', setTimeout(look, Math.min(more, MAX_TIMER)));
      else this.steer({ type: 'hold', mission }, { reason: budgetSpent('its time') });
    };
    look();
  }

  /** Never rejects: what goes wrong here ends the loop through `#failure`. */
  async #attempt(driven: Driven, { pool, mission, tasks }: Extract<PlanCommand, { type: 'start' }>): Promise<void> {
    const { stop } = this.#options;
    const own = new AbortController();
    if (stop.aborted) own.abort(stop.reason);
    for (const task of tasks) this.#running.set(nameOf({ mission, task }), own);
    try {
      const { journal, attemptLimit } = driven;
      const attempts = await journal.start(tasks, (attempt) => this.#options.runner.opening?.(attempt) ?? []);
      const limit = attemptLimit === undefined ? [] : [AbortSignal.timeout(Math.min(attemptLimit, MAX_TIMER))];
      const results = await this.#results(attempts, limit.length === 0 ? own.signal : AbortSignal.any([own.signal, ...limit]));
      if (stop.aborted || own.signal.aborted) await journal.flush(results.flatMap(({ closing = [] }) => closing));
      if (stop.aborted) throw new NexusError('INTERRUPTED', 'Stopped while tasks were running.');
      // What was stopped on demand has no end of its own: the plan says what becomes of it.
      const ended = own.signal.aborted ? undefined : await journal.finish(attempts, timedOut(results, limit, attemptLimit));
      const ends = ended?.endings ?? [];
      if (ended !== undefined) void this.#follow(ended.durable);
      this.#boundHeap();
      this.#post(...tasks.map((task, at): PlanEvent => ({ type: 'finished', mission, task, ...(ends[at] ?? STOPPED) })));
      this.#watchBudget(driven);
      if (pool === QA_POOL) this.#lingering = undefined;
      else this.#post({ type: 'capacity', pool, free: 1 });
      await ended?.durable;
    } catch (error) {
      this.#fail(error);
    } finally {
      // By now another attempt at the task may be under way.
      for (const name of tasks.map((task) => nameOf({ mission, task }))) {
        if (this.#running.get(name) === own) this.#running.delete(name);
      }
      this.#attempts--;
      // Nobody is left who could bring more to check.
      if (this.#attempts === 0) this.#openForChecks();
      this.#wake?.();
    }
  }

  async #follow(ending: Promise<void>): Promise<void> {
    this.#endings.add(ending);
    try {
      await ending;
    } catch {
      // The attempt that it is the end of hears of it.
    } finally {
      this.#endings.delete(ending);
    }
  }

  /** A runner that throws, against its contract, has failed its attempts; the mission goes on. */
  async #results(attempts: readonly Attempt[], signal: AbortSignal): Promise<AttemptResult[]> {
    try {
      return await this.#options.runner.run(attempts, signal);
    } catch (error) {
      const ownStop = signal.aborted && !this.#options.stop.aborted;
      if (error instanceof NexusError && !ownStop) throw error;
      return attempts.map(() => ({ outcome: 'failed', reason: `The runner failed: ${messageOf(error)}`, evidence: [] }));
    }
  }

  #watchBudget(driven: Driven): void {
    const reached = driven.journal.spending.reached();
    if (reached !== undefined) this.steer({ type: 'hold', mission: driven.journal.mission }, { reason: budgetSpent(reached) });
  }

  /** Opens the one slot for checks a little after there is something to check, or as soon as nothing else runs. */
  #linger(): void {
    if (this.#lingering !== undefined || this.#plan.queued(QA_POOL) === 0) return;
    this.#lingering = setTimeout(() => this.#openForChecks(), QA_LINGER);
    if (this.#attempts === 0) this.#openForChecks();
  }

  #openForChecks(): void {
    if (typeof this.#lingering !== 'object') return;
    clearTimeout(this.#lingering);
    this.#lingering = 'over';
    this.#post({ type: 'capacity', pool: QA_POOL, free: 1 });
  }

  #driven(mission: string): Driven {
    const driven = this.#missions.get(mission);
    if (driven === undefined) throw new RangeError(`mission ${mission} is not open`);
    return driven;
  }

  #stopAll(): void {
    for (const own of this.#running.values()) own.abort(this.#options.stop.reason);
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake?.();
  }

  #post(...events: PlanEvent[]): void {
    this.#inbox.push(...events);
    this.#wake?.();
  }
}

const STOPPED: Ending = { outcome: 'failed', blames: [], final: true };

const nameOf = ({ mission, task }: TaskRef): string => `${mission} ${task}`;

const budgetSpent = (what: string): string => `Its budget is spent: ${what}.`;

/** The runner ended the attempts because their time was up: that, and not what the agent said last, is the reason. */
function timedOut(
  results: readonly AttemptResult[],
  limit: readonly AbortSignal[],
  milliseconds: number | undefined,
): AttemptResult[] {
  if (!limit.some(({ aborted }) => aborted) || milliseconds === undefined) return [...results];
  const reason = `It took longer than the ${milliseconds / 1000} s that an attempt may take.`;
  return results.map((result) => (result.outcome === 'failed' ? { ...result, reason } : result));
}
