import type { Task } from '../../spec/model.ts';
import { ReadyHeap } from './ready-heap.ts';

/** Where a task runs. `work`: agents, one task a slot. `qa`: checks, a batch of tasks a slot, since they share one tool run. */
export type Pool = 'work' | 'qa';

/** What has happened. Tasks are positions in the graph. */
export type PlanEvent =
  | { type: 'begin' }
  | { type: 'capacity'; pool: Pool; free: number }
  | { type: 'hit'; task: number }
  | { type: 'miss'; task: number }
  | { type: 'finished'; task: number; outcome: 'succeeded' | 'failed' }
  | { type: 'drain' };

/** What the driver has to do now, in this order. */
export type PlanCommand =
  | { type: 'lookup'; task: number }
  | { type: 'start'; pool: Pool; tasks: number[] }
  | { type: 'skip'; task: number; because: number }
  | { type: 'done'; outcome: PlanOutcome };

/** `drained`: told to stop with work left. */
export type PlanOutcome = 'succeeded' | 'failed' | 'drained';

type TaskState = 'waiting' | 'looked-up' | 'queued' | 'running' | 'succeeded' | 'failed' | 'skipped';

const PRIORITY_RANK = { P0: 0, P1: 1, P2: 2, P3: 3, P4: 4 } as const;

/**
 * The scheduler as a pure machine: `step(event)` returns commands, touches no clock, process or file, and the same events give the
 * same commands. A task is looked up when its needs have settled well, queued when the cache has nothing, started when its pool has
 * a slot; each settles exactly once. A failure skips all that needs the task, directly or not, and nothing else.
 */
export class Plan {
  readonly #tasks: readonly Task[];
  readonly #states: TaskState[];
  readonly #dependents: number[][];
  readonly #unmet: number[];
  readonly #ready: Record<Pool, ReadyHeap> = { work: new ReadyHeap(), qa: new ReadyHeap() };
  readonly #free: Record<Pool, number> = { work: 0, qa: 0 };
  readonly #batch: Record<Pool, number>;
  #unsettled: number;
  #active = 0;
  #failed = false;
  #draining = false;
  #done = false;

  /** `tasks` in topological order (`TaskGraph.tasks`); `qaBatch` is how many checks may share a slot. */
  constructor(tasks: readonly Task[], options: { qaBatch: number }) {
    this.#tasks = tasks;
    this.#batch = { work: 1, qa: options.qaBatch };
    this.#states = tasks.map(() => 'waiting');
    this.#unsettled = tasks.length;
    const position = new Map(tasks.map((task, index) => [task.id, index]));
    this.#dependents = tasks.map(() => []);
    this.#unmet = tasks.map((task, index) => {
      const needs = new Set(task.needs.map((need) => position.get(need.task)));
      for (const need of needs) {
        if (need === undefined || need >= index) throw new RangeError(`${task.id} comes before one of its needs`);
        this.#dependents[need]?.push(index);
      }
      return needs.size;
    });
  }

  /** How many tasks wait for a slot of the pool. */
  queued(pool: Pool): number {
    return this.#ready[pool].size;
  }

  step(event: PlanEvent): PlanCommand[] {
    const commands: PlanCommand[] = [];
    this.#apply(event, commands);
    this.#start('work', commands);
    this.#start('qa', commands);
    this.#finish(commands);
    return commands;
  }

  #apply(event: PlanEvent, commands: PlanCommand[]): void {
    switch (event.type) {
      case 'begin':
        for (let task = 0; task < this.#tasks.length; task++) if (this.#unmet[task] === 0) this.#lookUp(task, commands);
        break;
      case 'capacity':
        this.#free[event.pool] += event.free;
        break;
      case 'miss':
        this.#expect(event.task, 'looked-up');
        this.#active--;
        this.#states[event.task] = 'queued';
        this.#ready[poolOf(this.#task(event.task))].push(this.#rank(event.task));
        break;
      case 'hit':
        this.#expect(event.task, 'looked-up');
        this.#succeed(event.task, commands);
        break;
      case 'finished':
        this.#expect(event.task, 'running');
        if (event.outcome === 'succeeded') this.#succeed(event.task, commands);
        else this.#fail(event.task, commands);
        break;
      case 'drain':
        this.#draining = true;
        break;
    }
  }

  #succeed(task: number, commands: PlanCommand[]): void {
    this.#settle(task, 'succeeded');
    this.#active--;
    for (const dependent of this.#dependents[task] ?? []) {
      const unmet = (this.#unmet[dependent] ?? 0) - 1;
      this.#unmet[dependent] = unmet;
      if (unmet === 0 && this.#states[dependent] === 'waiting') this.#lookUp(dependent, commands);
    }
  }

  #fail(task: number, commands: PlanCommand[]): void {
    this.#failed = true;
    this.#settle(task, 'failed');
    this.#active--;
    const stack = [task];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      for (const dependent of this.#dependents[at] ?? []) {
        if (this.#states[dependent] !== 'waiting') continue;
        this.#settle(dependent, 'skipped');
        commands.push({ type: 'skip', task: dependent, because: task });
        stack.push(dependent);
      }
    }
  }

  #lookUp(task: number, commands: PlanCommand[]): void {
    this.#states[task] = 'looked-up';
    this.#active++;
    commands.push({ type: 'lookup', task });
  }

  #start(pool: Pool, commands: PlanCommand[]): void {
    const ready = this.#ready[pool];
    while (!this.#draining && this.#free[pool] > 0 && ready.size > 0) {
      const tasks: number[] = [];
      while (tasks.length < this.#batch[pool] && ready.size > 0) tasks.push(ready.pop() % this.#tasks.length);
      for (const task of tasks) this.#states[task] = 'running';
      this.#active += tasks.length;
      this.#free[pool]--;
      commands.push({ type: 'start', pool, tasks });
    }
  }

  #finish(commands: PlanCommand[]): void {
    if (this.#done || this.#active > 0) return;
    if (this.#unsettled > 0 && !this.#draining) return;
    this.#done = true;
    const outcome = this.#unsettled > 0 ? 'drained' : this.#failed ? 'failed' : 'succeeded';
    commands.push({ type: 'done', outcome });
  }

  #settle(task: number, state: 'succeeded' | 'failed' | 'skipped'): void {
    this.#states[task] = state;
    this.#unsettled--;
  }

  #rank(task: number): number {
    return PRIORITY_RANK[this.#task(task).priority] * this.#tasks.length + task;
  }

  #task(index: number): Task {
    const task = this.#tasks[index];
    if (task === undefined) throw new RangeError(`no task ${index}`);
    return task;
  }

  #expect(task: number, state: TaskState): void {
    if (this.#states[task] !== state) throw new RangeError(`task ${task} is ${this.#states[task]}, not ${state}`);
  }
}

function poolOf(task: Task): Pool {
  return task.ability === 'qa' ? 'qa' : 'work';
}
