import { messageOf, NexusError } from '../../base/errors.ts';
import { heapBound } from '../../base/heap-bound.ts';
import type { Journal } from './journal.ts';
import type { Plan, PlanCommand, PlanEvent, PlanOutcome, Pool } from './plan.ts';
import type { Attempt, AttemptResult, Runner } from './runner.ts';

export interface LoopOptions {
  plan: Plan;
  journal: Journal;
  runner: Runner;
  /** How many agents may work at once. */
  jobs: number;
  /** Aborted once: finish what runs, start nothing more. */
  drain: AbortSignal;
  /** Aborted: end what runs, now. */
  stop: AbortSignal;
}

/**
 * How long the first check waits for company, in milliseconds: a run of the test tools costs seconds however few tests it has, and
 * tasks tend to finish together.
 */
const QA_LINGER = 25;

/**
 * The one loop: ask the plan what to do, do it, wait for one result, tell the plan. Every start is in the journal before the runner
 * hears of it, every end before the plan does.
 */
export async function runLoop(options: LoopOptions): Promise<PlanOutcome> {
  const loop = new Loop(options);
  return loop.run();
}

class Loop {
  readonly #options: LoopOptions;
  readonly #inbox: PlanEvent[] = [];
  readonly #boundHeap = heapBound();
  #wake: (() => void) | undefined;
  #lingering = false;
  #failure: { error: unknown } | undefined;
  #running = 0;

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  async run(): Promise<PlanOutcome> {
    const { drain, jobs } = this.#options;
    const onDrain = (): void => this.#post({ type: 'drain' });
    drain.addEventListener('abort', onDrain, { once: true });
    this.#post({ type: 'begin' }, { type: 'capacity', pool: 'work', free: jobs });
    if (drain.aborted) onDrain();
    try {
      return await this.#turn();
    } finally {
      drain.removeEventListener('abort', onDrain);
    }
  }

  async #turn(): Promise<PlanOutcome> {
    for (;;) {
      const event = this.#inbox.shift() ?? (await this.#next());
      for (const command of this.#options.plan.step(event)) {
        if (command.type === 'done') return command.outcome;
        await this.#perform(command);
      }
      this.#linger();
    }
  }

  async #perform(command: Exclude<PlanCommand, { type: 'done' }>): Promise<void> {
    const { journal } = this.#options;
    switch (command.type) {
      case 'lookup': {
        const hit = journal.lookUp(command.task);
        await journal.relieve();
        this.#inbox.push({ type: hit ? 'hit' : 'miss', task: command.task });
        break;
      }
      case 'skip':
        journal.skip(command.task, command.because);
        break;
      case 'start':
        this.#running++;
        void this.#attempt(command.pool, command.tasks);
        break;
    }
  }

  /** Never rejects: what goes wrong here ends the loop through `#failure`. */
  async #attempt(pool: Pool, tasks: number[]): Promise<void> {
    const { journal, runner, stop } = this.#options;
    try {
      const attempts = await journal.start(tasks);
      const results = await settled(runner, attempts, stop);
      if (stop.aborted) throw new NexusError('INTERRUPTED', 'Stopped while tasks were running.');
      const outcomes = await journal.finish(attempts, results);
      this.#boundHeap();
      this.#post(...tasks.map((task, at) => ({ type: 'finished' as const, task, outcome: outcomes[at] ?? 'failed' })));
      if (pool === 'work') this.#post({ type: 'capacity', pool, free: 1 });
      else this.#lingering = false;
    } catch (error) {
      this.#failure ??= { error };
    } finally {
      this.#running--;
      this.#wake?.();
    }
  }

  /** Opens the one slot for checks a little after there is something to check. */
  #linger(): void {
    if (this.#lingering || this.#options.plan.queued('qa') === 0) return;
    this.#lingering = true;
    setTimeout(() => this.#post({ type: 'capacity', pool: 'qa', free: 1 }), QA_LINGER);
  }

  #post(...events: PlanEvent[]): void {
    this.#inbox.push(...events);
    this.#wake?.();
  }

  async #next(): Promise<PlanEvent> {
    for (;;) {
      if (this.#failure !== undefined && this.#running === 0) throw this.#failure.error;
      const event = this.#failure === undefined ? this.#inbox.shift() : undefined;
      if (event !== undefined) return event;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** A runner that throws, against its contract, has failed its attempts; the mission goes on. */
async function settled(runner: Runner, attempts: readonly Attempt[], stop: AbortSignal): Promise<AttemptResult[]> {
  try {
    return await runner.run(attempts, stop);
  } catch (error) {
    if (error instanceof NexusError) throw error;
    return attempts.map(() => ({ outcome: 'failed', reason: `The runner failed: ${messageOf(error)}`, evidence: [] }));
  }
}
