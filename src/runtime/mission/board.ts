import type { PlanTask } from './plan-event.ts';

/**
 * Where a task stands. `asked`: waits for a person. `queued`: waits for a slot. `parked`: waits for another task with the same key.
 * From `succeeded` on it is settled.
 */
export const STATES = [
  'waiting',
  'looked-up',
  'asked',
  'queued',
  'parked',
  'running',
  'succeeded',
  'failed',
  'skipped',
  'cancelled',
] as const;
export type BoardState = (typeof STATES)[number];

const CODE = Object.fromEntries(STATES.map((state, code) => [state, code])) as Record<BoardState, number>;
const FIRST_SETTLED = CODE.succeeded;

/** One mission's tasks and how many stand where: the tables that `Plan` works on, in numbers, since there may be many. */
export class Board {
  readonly order: number;
  readonly tasks: readonly PlanTask[];
  /** Lower is more urgent. */
  level: number;
  /** A task has failed, or was cancelled. */
  failed = false;
  held = false;
  cancelled = false;
  readonly #states: Uint8Array;
  readonly #counts = new Uint32Array(STATES.length);
  /** Needs that have not succeeded. */
  readonly unmet: Int32Array;
  readonly failures: Uint16Array;
  /** Of a task that is looked up or runs: what it builds on has changed meanwhile, so that its answer does not count. */
  readonly stale: Uint8Array;
  /** Of a task that is looked up or runs: it is no longer wanted. */
  readonly dropped: Uint8Array;
  readonly approved: Uint8Array;
  readonly tickets: Uint32Array;
  /** Epoch in which a task got in line. */
  readonly epochs: Uint32Array;
  readonly keys = new Map<number, string>();
  /** Tasks whose results must still be held against those of tasks before them. */
  readonly disputed = new Set<number>();
  /** The one of them that is being looked at. */
  integrating: number | undefined;
  /** Tasks whose needs are met and cannot be put together, and the disputed one they wait for. */
  readonly blocked = new Map<number, number>();
  /** Needs that were found out on the way, by the task that has them, and by the one that is needed. */
  readonly #moreNeeds = new Map<number, number[]>();
  readonly #moreDependents = new Map<number, number[]>();
  readonly #dependentsAt: Uint32Array;
  readonly #dependents: Uint32Array;

  constructor(tasks: readonly PlanTask[], { order, level }: { order: number; level: number }) {
    const count = tasks.length;
    this.order = order;
    this.tasks = tasks;
    this.level = level;
    this.#states = new Uint8Array(count);
    this.#counts[CODE.waiting] = count;
    this.unmet = new Int32Array(count);
    this.failures = new Uint16Array(count);
    this.stale = new Uint8Array(count);
    this.dropped = new Uint8Array(count);
    this.approved = new Uint8Array(count);
    this.tickets = new Uint32Array(count);
    this.epochs = new Uint32Array(count);
    this.#dependentsAt = new Uint32Array(count + 1);
    this.#dependents = this.#link();
  }

  task(index: number): PlanTask {
    const task = this.tasks[index];
    if (task === undefined) throw new RangeError(`no task ${index}`);
    return task;
  }

  state(task: number): BoardState {
    const state = STATES[this.#states[task] ?? -1];
    if (state === undefined) throw new RangeError(`no task ${task}`);
    return state;
  }

  move(task: number, state: BoardState): void {
    const from = this.#states[task] ?? 0;
    const to = CODE[state];
    this.#states[task] = to;
    this.#counts[from] = (this.#counts[from] ?? 0) - 1;
    this.#counts[to] = (this.#counts[to] ?? 0) + 1;
  }

  count(state: BoardState): number {
    return this.#counts[CODE[state]] ?? 0;
  }

  /** Tasks that somebody out there works on, and will report. */
  get active(): number {
    return this.count('looked-up') + this.count('running');
  }

  get unsettled(): number {
    let unsettled = 0;
    for (let state = 0; state < FIRST_SETTLED; state++) unsettled += this.#counts[state] ?? 0;
    return unsettled;
  }

  dependents(task: number): Iterable<number> {
    const own = this.#dependents.subarray(this.#dependentsAt[task], this.#dependentsAt[task + 1]);
    const more = this.#moreDependents.get(task);
    return more === undefined ? own : [...own, ...more];
  }

  /** From now on `task` needs those too, which come before it. */
  addNeeds(task: number, needs: readonly number[]): void {
    const known = this.#needsOf(task);
    for (const need of needs) {
      if (known.includes(need)) continue;
      this.#moreNeeds.set(task, [...(this.#moreNeeds.get(task) ?? []), need]);
      this.#moreDependents.set(need, [...(this.#moreDependents.get(need) ?? []), task]);
    }
  }

  /** The first disputed task, if all before it have settled. What has been opened again meanwhile is disputed anew when it ends. */
  nextToIntegrate(): number | undefined {
    for (const task of [...this.disputed].sort((a, b) => a - b)) {
      if (this.state(task) === 'succeeded') return this.#settledBefore(task) ? task : undefined;
      this.disputed.delete(task);
    }
    return undefined;
  }

  /** Whether any task that `task` needs will not succeed. */
  lacks(task: number): number | undefined {
    return this.#needsOf(task).find((need) => ['failed', 'skipped', 'cancelled'].includes(this.state(need)));
  }

  /** The tasks and all that needs them, directly or not, in the order of the graph. */
  above(tasks: Iterable<number>): number[] {
    const seen = new Set(tasks);
    const stack = [...seen];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      for (const dependent of this.dependents(at)) {
        if (seen.has(dependent)) continue;
        seen.add(dependent);
        stack.push(dependent);
      }
    }
    return [...seen].sort((a, b) => a - b);
  }

  recount(task: number): void {
    const open = new Set(this.#needsOf(task).filter((need) => this.state(need) !== 'succeeded'));
    this.unmet[task] = open.size;
  }

  #needsOf(task: number): readonly number[] {
    const more = this.#moreNeeds.get(task);
    return more === undefined ? this.task(task).needs : [...this.task(task).needs, ...more];
  }

  #settledBefore(task: number): boolean {
    for (let before = 0; before < task; before++) if ((this.#states[before] ?? 0) < FIRST_SETTLED) return false;
    return true;
  }

  /** Fills the lists of dependents: two passes over the needs, no list for each task. */
  #link(): Uint32Array {
    const { tasks } = this;
    const starts = this.#dependentsAt;
    const needsOf = tasks.map(({ needs }, index) => {
      const distinct = needs.length < 2 ? needs : [...new Set(needs)];
      for (const need of distinct) {
        if (!(need >= 0 && need < index)) throw new RangeError(`task ${index} comes before one of its needs`);
        starts[need + 1] = (starts[need + 1] ?? 0) + 1;
      }
      this.unmet[index] = distinct.length;
      return distinct;
    });
    for (let index = 0; index < tasks.length; index++) starts[index + 1] = (starts[index + 1] ?? 0) + (starts[index] ?? 0);
    const next = starts.slice();
    const dependents = new Uint32Array(starts[tasks.length] ?? 0);
    for (const [index, needs] of needsOf.entries()) {
      for (const need of needs) {
        const at = next[need] ?? 0;
        dependents[at] = index;
        next[need] = at + 1;
      }
    }
    return dependents;
  }
}
