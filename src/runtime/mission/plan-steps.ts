import type { Board } from './board.ts';
import type { PlanCommand, PlanEvent, PlanOutcome, TaskRef } from './plan-event.ts';

export type Answer = Extract<PlanEvent, { type: 'hit' | 'miss' | 'blocked' | 'spent' | 'finished' }>;
export type Steering = Exclude<PlanEvent, Answer | { type: 'open' | 'capacity' | 'drain' }>;

export function isAnswer(event: Answer | Steering): event is Answer {
  return ANSWERS.has(event.type);
}

const ANSWERS: ReadonlySet<PlanEvent['type']> = new Set(['hit', 'miss', 'blocked', 'spent', 'finished']);

/** It waits until the one that stands in the way has been held against all before it. */
export function block(board: Board, { task, by }: Extract<PlanEvent, { type: 'blocked' }>): void {
  board.move(task, 'waiting');
  board.blocked.set(task, by);
  board.disputed.add(by);
}

/** Whoever waited for the task is looked up again, unless its needs are open once more. */
export function unblock(board: Board, { mission, task }: TaskRef, commands: PlanCommand[]): void {
  for (const [blocked, by] of board.blocked) {
    if (by !== task) continue;
    board.blocked.delete(blocked);
    if (board.state(blocked) === 'waiting' && board.unmet[blocked] === 0) lookUp(board, { mission, task: blocked }, commands);
  }
}

export function integrateNext(board: Board, mission: string, commands: PlanCommand[]): void {
  if (board.integrating !== undefined || board.cancelled) return;
  const task = board.nextToIntegrate();
  if (task === undefined) return;
  board.integrating = task;
  commands.push({ type: 'integrate', mission, task });
}

export function lookUp(board: Board, ref: TaskRef & { landed?: true }, commands: PlanCommand[]): void {
  board.move(ref.task, 'looked-up');
  commands.push({ type: 'lookup', ...ref });
}

export function mayFail(board: Board, task: number): boolean {
  return (board.failures[task] ?? 0) + 1 < board.task(task).attempts;
}

/** How the mission has ended; undefined while something of it runs, or can. */
export function outcomeOf(board: Board, draining: boolean): PlanOutcome | undefined {
  if (board.active > 0 || board.integrating !== undefined) return undefined;
  if (board.cancelled) return 'cancelled';
  if (board.unsettled === 0) return board.failed ? 'failed' : 'succeeded';
  if (draining) return 'drained';
  if (board.held) return 'held';
  return board.count('queued') === 0 && board.count('parked') === 0 ? 'waiting' : undefined;
}
