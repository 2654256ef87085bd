import type { Priority } from '../../spec/model.ts';
import { Board } from './board.ts';
import type { PlanCommand, PlanEvent, TaskRef } from './plan-event.ts';
import { type Answer, block, integrateNext, isAnswer, lookUp, mayFail, outcomeOf, type Steering, unblock } from './plan-steps.ts';
import { type Queued, ReadyQueue } from './ready-queue.ts';

/** After this many starts in a pool, whoever is still in line stands one level before those that come now. */
const AGEING = 64;

const LEVELS: Record<Priority, number> = { P0: 0, P1: 1, P2: 2 };

export interface PlanOptions {
  /** How many tasks of one mission may share a slot, by pool; 1 where nothing is said. */
  batch?: Readonly<Record<string, number>>;
}

interface Pool {
  ready: ReadyQueue;
  free: number;
  starts: number;
}

/**
 * The scheduler as a pure machine for any number of missions: `step(event)` returns commands, touches no clock, process or file, and the same
 * events give the same commands.
 *
 * A task is looked up when its needs have succeeded, asked for if a person must agree, queued when the cache has nothing, and started when its
 * pool has a slot. It settles once, unless a check finds its result at fault or somebody wants it again: then it, and what builds on it, is open once
 * more. A failure skips all that needs the task and nothing else.
 *
 * In line the mission's priority counts first, then the task's, then the order of missions and graphs. Ageing: a place in line is worth one level
 * for every `AGEING` starts of its pool since; so a P2 task starts after at most 2 × `AGEING` starts of tasks that came after it, however many P0
 * there are. Counted in starts and not in minutes, it needs no clock.
 */
export class Plan {
  readonly #batch: Readonly<Record<string, number>>;
  readonly #boards = new Map<string, Board>();
  readonly #pools = new Map<string, Pool>();
  /** Keys that run, and who waits for them. */
  readonly #flights = new Map<string, TaskRef[]>();
  /** Who is in line, by key; some may have left the line since. */
  readonly #wanting = new Map<string, TaskRef[]>();
  /** Missions that this step has touched: only they can be done by it. */
  readonly #touched = new Set<string>();
  #opened = 0;
  #tickets = 0;
  #draining = false;

  constructor({ batch = {} }: PlanOptions = {}) {
    this.#batch = batch;
  }

  /** How many places in line the pool has. */
  queued(pool: string): number {
    return this.#pool(pool).ready.size;
  }

  step(event: PlanEvent): PlanCommand[] {
    const commands: PlanCommand[] = [];
    this.#apply(event, commands);
    for (const name of this.#pools.keys()) this.#start(name, commands);
    this.#finish(commands);
    return commands;
  }

  #apply(event: PlanEvent, commands: PlanCommand[]): void {
    if (event.type === 'capacity') {
      this.#pool(event.pool).free += event.free;
      return;
    }
    if (event.type === 'drain') {
      this.#draining = true;
      for (const mission of this.#boards.keys()) this.#touched.add(mission);
      return;
    }
    if (event.type === 'open') {
      this.#open(event, commands);
      return;
    }
    const board = this.#boards.get(event.mission);
    // A mission may be over before a late word about it arrives.
    if (board === undefined) return;
    this.#touched.add(event.mission);
    if (isAnswer(event)) this.#answer(board, event, commands);
    else this.#steer(board, event, commands);
  }

  #open({ mission, tasks, priority, failures = [] }: Extract<PlanEvent, { type: 'open' }>, commands: PlanCommand[]): void {
    if (this.#boards.has(mission)) throw new RangeError(`mission ${mission} is open`);
    const board = new Board(tasks, { order: this.#opened++, level: LEVELS[priority] });
    board.failures.set(failures);
    this.#boards.set(mission, board);
    this.#touched.add(mission);
    for (let task = 0; task < tasks.length; task++) if (board.unmet[task] === 0) lookUp(board, { mission, task }, commands);
  }

  /** What the driver reports of a task that it was told to look up or start. */
  #answer(board: Board, event: Answer, commands: PlanCommand[]): void {
    const { task, mission } = event;
    const ref = { mission, task };
    const expected = event.type === 'finished' ? 'running' : 'looked-up';
    if (board.state(task) !== expected)
      throw new RangeError(`task ${task} of ${mission} is ${board.state(task)}, not ${expected}`);
    if (event.type === 'finished') this.#land(board, ref, { succeeded: event.outcome === 'succeeded', commands });
    if (board.dropped[task] === 1 || board.cancelled) {
      this.#drop(board, ref, commands);
      return;
    }
    if (board.stale[task] === 1) {
      this.#renew(board, ref, commands);
      return;
    }
    if (event.type === 'hit') this.#succeed(board, event, commands);
    else if (event.type === 'blocked') block(board, event);
    else if (event.type === 'finished') this.#settle(board, event, commands);
    else this.#enter(board, event, commands);
  }

  /** What it builds on has changed while it was looked up or ran: it is looked at anew, or skipped if that will not come. */
  #renew(board: Board, ref: TaskRef, commands: PlanCommand[]): void {
    board.stale[ref.task] = 0;
    board.move(ref.task, 'waiting');
    const lacking = board.lacks(ref.task);
    if (lacking !== undefined) this.#skipAbove(board, { mission: ref.mission, task: lacking }, commands);
    else if (board.unmet[ref.task] === 0) lookUp(board, ref, commands);
  }

  #settle(board: Board, event: Extract<PlanEvent, { type: 'finished' }>, commands: PlanCommand[]): void {
    const { task, mission } = event;
    if (event.outcome === 'succeeded') this.#succeed(board, event, commands);
    else if (event.outcome === 'lost') this.#queue(board, event);
    else if (this.#sendBack(board, event, commands)) return;
    else if (event.final !== true && mayFail(board, task)) {
      board.failures[task] = (board.failures[task] ?? 0) + 1;
      this.#queue(board, { mission, task });
    } else {
      this.#fail(board, { mission, task }, commands);
    }
  }

  /** Opens those of the blamed again that may fail once more, and all that builds on them. False if there are none. */
  #sendBack(
    board: Board,
    { task, mission, blames = [] }: TaskRef & { blames?: readonly number[] },
    commands: PlanCommand[],
  ): boolean {
    const { needs } = board.task(task);
    const faulty = blames.filter((blamed) => needs.includes(blamed) && mayFail(board, blamed));
    if (faulty.length === 0) return false;
    for (const blamed of faulty) board.failures[blamed] = (board.failures[blamed] ?? 0) + 1;
    commands.push({ type: 'reopen', mission, tasks: faulty, because: task });
    this.#reopen(board, { mission, tasks: [...faulty, task], skipped: false }, commands);
    return true;
  }

  /** The cache has nothing for a task: it gets in line, unless it has failed too often, or a person must speak first. */
  #enter(board: Board, event: Extract<PlanEvent, { type: 'miss' | 'spent' }>, commands: PlanCommand[]): void {
    const { task, mission } = event;
    const ref = { mission, task };
    if (event.key === undefined) board.keys.delete(task);
    else board.keys.set(task, event.key);
    if (event.type === 'spent') {
      board.failures[task] = event.failures;
      if (this.#sendBack(board, event, commands)) return;
      if (event.failures >= board.task(task).attempts) {
        this.#fail(board, ref, commands);
        return;
      }
    }
    if (!board.task(task).approval || board.approved[task] === 1) {
      this.#queue(board, ref);
      return;
    }
    board.move(task, 'asked');
    commands.push({ type: 'ask', ...ref });
  }

  #steer(board: Board, event: Steering, commands: PlanCommand[]): void {
    const { mission } = event;
    switch (event.type) {
      case 'integrated':
        this.#integrated(board, event, commands);
        break;
      case 'approved':
        board.approved[event.task] = 1;
        // The question may have stood for days: somebody else may have done the same meanwhile.
        if (board.state(event.task) === 'asked') lookUp(board, { mission, task: event.task }, commands);
        break;
      case 'refused':
        if (board.state(event.task) === 'asked') this.#fail(board, { mission, task: event.task }, commands);
        break;
      case 'cancel':
        if (event.task === undefined) this.#cancelAll(board, mission, commands);
        else this.#cancel(board, { mission, task: event.task }, commands);
        break;
      case 'retry':
        this.#retry(board, event, commands);
        break;
      case 'prioritise':
        board.level = LEVELS[event.priority];
        for (let task = 0; task < board.tasks.length; task++) {
          if (board.state(task) === 'queued') this.#line(board, { mission, task });
        }
        break;
      case 'hold':
        board.held = true;
        break;
      case 'release':
        board.held = false;
        for (let task = 0; task < board.tasks.length; task++) {
          if (board.state(task) === 'queued') this.#line(board, { mission, task });
        }
        break;
    }
  }

  #succeed(board: Board, { disputes = [], ...ref }: TaskRef & { disputes?: readonly number[] }, commands: PlanCommand[]): void {
    board.move(ref.task, 'succeeded');
    for (const disputed of disputes) board.disputed.add(disputed);
    for (const dependent of board.dependents(ref.task)) {
      const unmet = (board.unmet[dependent] ?? 0) - 1;
      board.unmet[dependent] = unmet;
      if (unmet === 0 && board.state(dependent) === 'waiting') lookUp(board, { mission: ref.mission, task: dependent }, commands);
    }
  }

  /** Whoever waited for it is looked up again; if it cannot be put together with `onto`, it is done again on top of them. */
  #integrated(board: Board, { mission, task, onto }: Extract<PlanEvent, { type: 'integrated' }>, commands: PlanCommand[]): void {
    board.integrating = undefined;
    // Something before it may have been opened again since it was looked at.
    if (board.cancelled || board.nextToIntegrate() !== task) return;
    board.disputed.delete(task);
    if (onto.length > 0) this.#rebase(board, { mission, task, onto }, commands);
    unblock(board, { mission, task }, commands);
  }

  #rebase(board: Board, { mission, task, onto }: TaskRef & { onto: readonly number[] }, commands: PlanCommand[]): void {
    const final = !mayFail(board, task);
    commands.push({ type: 'rebase', mission, task, onto, final });
    board.addNeeds(task, onto);
    board.failures[task] = (board.failures[task] ?? 0) + 1;
    const open = this.#reset(board, { mission, tasks: [task], skipped: false });
    if (final) this.#fail(board, { mission, task }, commands);
    else for (const each of open) if (board.unmet[each] === 0) lookUp(board, { mission, task: each }, commands);
  }

  #fail(board: Board, { mission, task }: TaskRef, commands: PlanCommand[]): void {
    board.move(task, 'failed');
    commands.push({ type: 'fail', mission, task });
    this.#skipAbove(board, { mission, task }, commands);
  }

  #skipAbove(board: Board, { mission, task }: TaskRef, commands: PlanCommand[]): void {
    board.failed = true;
    for (const dependent of board.above([task])) {
      if (board.state(dependent) !== 'waiting') continue;
      board.move(dependent, 'skipped');
      commands.push({ type: 'skip', mission, task: dependent, because: task });
    }
  }

  /** A task that is no longer wanted: at once, or when its attempt has been ended. */
  #cancel(board: Board, ref: TaskRef, commands: PlanCommand[]): void {
    const state = board.state(ref.task);
    if (state === 'succeeded' || state === 'failed' || state === 'skipped' || state === 'cancelled') return;
    if (state === 'running' || state === 'looked-up') {
      if (board.dropped[ref.task] === 0 && state === 'running') commands.push({ type: 'stop', ...ref });
      board.dropped[ref.task] = 1;
    } else {
      this.#drop(board, ref, commands);
    }
  }

  #drop(board: Board, ref: TaskRef, commands: PlanCommand[]): void {
    this.#unpark(board, ref);
    board.dropped[ref.task] = 0;
    board.stale[ref.task] = 0;
    board.move(ref.task, 'cancelled');
    commands.push({ type: 'cancelled', ...ref });
    if (!board.cancelled) this.#skipAbove(board, ref, commands);
  }

  /** Only what runs is told: the end of the mission says all there is to say about the rest. */
  #cancelAll(board: Board, mission: string, commands: PlanCommand[]): void {
    if (board.cancelled) return;
    board.cancelled = true;
    for (let task = 0; task < board.tasks.length; task++) {
      if (board.state(task) === 'running') commands.push({ type: 'stop', mission, task });
      if (board.state(task) === 'parked') this.#unpark(board, { mission, task });
    }
  }

  #retry(board: Board, { mission, task }: Extract<PlanEvent, { type: 'retry' }>, commands: PlanCommand[]): void {
    const wanted = [];
    for (let each = 0; each < board.tasks.length; each++) {
      const state = board.state(each);
      if ((state === 'failed' || state === 'cancelled') && (task === undefined || task === each)) wanted.push(each);
    }
    for (const each of wanted) board.failures[each] = 0;
    board.failed = false;
    this.#reopen(board, { mission, tasks: wanted, skipped: true }, commands);
    for (let each = 0; each < board.tasks.length; each++) {
      const state = board.state(each);
      if (state === 'failed' || state === 'cancelled') this.#skipAbove(board, { mission, task: each }, commands);
    }
  }

  /**
   * The tasks, and all that builds on them, are open again; with `skipped` also what was skipped. What runs meanwhile may end, and is then
   * looked at anew.
   */
  #reopen(
    board: Board,
    { mission, tasks, skipped }: { mission: string; tasks: readonly number[]; skipped: boolean },
    commands: PlanCommand[],
  ): void {
    for (const task of this.#reset(board, { mission, tasks, skipped })) {
      if (board.unmet[task] === 0) lookUp(board, { mission, task }, commands);
    }
  }

  /** As `#reopen`, but leaves it to the caller to look them up; returns those that are open. */
  #reset(board: Board, { mission, tasks, skipped }: { mission: string; tasks: readonly number[]; skipped: boolean }): number[] {
    const roots = new Set(tasks);
    const open = board.above(roots).filter((task) => {
      const state = board.state(task);
      if ((state === 'looked-up' || state === 'running') && !roots.has(task)) {
        board.stale[task] = 1;
        return false;
      }
      if ((state === 'failed' || state === 'cancelled') && !roots.has(task)) return false;
      if (state === 'skipped' && !skipped) return false;
      if (state === 'parked') this.#unpark(board, { mission, task });
      board.tickets[task] = 0;
      board.move(task, 'waiting');
      return true;
    });
    for (const task of board.above(roots)) board.recount(task);
    return open;
  }

  #queue(board: Board, { mission, task }: TaskRef): void {
    board.epochs[task] = Math.floor(this.#pool(board.task(task).pool).starts / AGEING);
    const key = board.keys.get(task);
    const flight = key === undefined ? undefined : this.#flights.get(key);
    if (flight !== undefined) {
      board.move(task, 'parked');
      flight.push({ mission, task });
      return;
    }
    board.move(task, 'queued');
    this.#line(board, { mission, task });
  }

  /** Gives a queued task a place in line; an earlier place of it is void from now on. */
  #line(board: Board, { mission, task }: TaskRef): void {
    const { pool, priority } = board.task(task);
    const ticket = ++this.#tickets;
    board.tickets[task] = ticket;
    const level = board.level + (board.epochs[task] ?? 0);
    const key = board.keys.get(task);
    if (key !== undefined) this.#wanting.set(key, [...(this.#wanting.get(key) ?? []), { mission, task }]);
    this.#pool(pool).ready.push({ mission, task, level, priority, order: board.order, ticket });
  }

  #start(name: string, commands: PlanCommand[]): void {
    const pool = this.#pool(name);
    const limit = this.#batch[name] ?? 1;
    while (!this.#draining && pool.free > 0) {
      const first = this.#next(pool);
      if (first === undefined) return;
      const { mission } = first;
      const tasks = [first.task];
      for (let next = this.#peek(pool); next?.mission === mission && tasks.length < limit; next = this.#peek(pool)) {
        const taken = this.#next(pool, mission);
        if (taken === undefined) break;
        tasks.push(taken.task);
      }
      pool.free--;
      pool.starts += tasks.length;
      commands.push({ type: 'start', pool: name, mission, tasks });
    }
  }

  /** Takes the first in line, and marks it as running; all others with its key wait for it from now on. */
  #next(pool: Pool, mission?: string): Queued | undefined {
    const next = this.#peek(pool);
    if (next === undefined || (mission !== undefined && next.mission !== mission)) return undefined;
    pool.ready.pop();
    const board = this.#boards.get(next.mission);
    board?.move(next.task, 'running');
    const key = board?.keys.get(next.task);
    if (key !== undefined) this.#flights.set(key, this.#park(key));
    return next;
  }

  /** Takes those who want the key out of the line. */
  #park(key: string): TaskRef[] {
    const parked: TaskRef[] = [];
    for (const ref of this.#wanting.get(key) ?? []) {
      const board = this.#boards.get(ref.mission);
      if (board?.state(ref.task) !== 'queued' || board.keys.get(ref.task) !== key) continue;
      board.move(ref.task, 'parked');
      parked.push(ref);
    }
    this.#wanting.delete(key);
    return parked;
  }

  /** The first in line whose place still holds; void places, and those of missions that are held, are dropped. */
  #peek({ ready }: Pool): Queued | undefined {
    for (let next = ready.peek(); next !== undefined; next = ready.peek()) {
      const board = this.#boards.get(next.mission);
      const holds = board !== undefined && board.tickets[next.task] === next.ticket && board.state(next.task) === 'queued';
      if (holds && !board.held && !board.cancelled) return next;
      ready.pop();
    }
    return undefined;
  }

  /** An attempt is over: whoever waited for its key looks for the result, or else gets in line again. */
  #land(board: Board, { task }: TaskRef, { succeeded, commands }: { succeeded: boolean; commands: PlanCommand[] }): void {
    const key = board.keys.get(task);
    if (key === undefined) return;
    const parked = this.#flights.get(key) ?? [];
    this.#flights.delete(key);
    for (const ref of parked) {
      const other = this.#boards.get(ref.mission);
      if (other === undefined || other.state(ref.task) !== 'parked') continue;
      this.#touched.add(ref.mission);
      if (succeeded) lookUp(other, { ...ref, landed: true }, commands);
      else {
        other.move(ref.task, 'queued');
        this.#line(other, ref);
      }
    }
  }

  #unpark(board: Board, { mission, task }: TaskRef): void {
    const key = board.state(task) === 'parked' ? board.keys.get(task) : undefined;
    const parked = key === undefined ? undefined : this.#flights.get(key);
    const at = parked?.findIndex((ref) => ref.mission === mission && ref.task === task) ?? -1;
    if (at !== -1) parked?.splice(at, 1);
  }

  #finish(commands: PlanCommand[]): void {
    for (const mission of this.#touched) {
      const board = this.#boards.get(mission);
      if (board !== undefined && board.disputed.size > 0) integrateNext(board, mission, commands);
      const outcome = board && outcomeOf(board, this.#draining);
      if (outcome === undefined) continue;
      this.#boards.delete(mission);
      for (const key of board?.keys.values() ?? []) this.#unwant(key, mission);
      commands.push({ type: 'done', mission, outcome });
    }
    this.#touched.clear();
  }

  #unwant(key: string, mission: string): void {
    const others = this.#wanting.get(key)?.filter((ref) => ref.mission !== mission) ?? [];
    if (others.length === 0) this.#wanting.delete(key);
    else this.#wanting.set(key, others);
  }

  #pool(name: string): Pool {
    let pool = this.#pools.get(name);
    if (pool === undefined) {
      pool = { ready: new ReadyQueue(), free: 0, starts: 0 };
      this.#pools.set(name, pool);
    }
    return pool;
  }
}
