import { Plan } from '../src/runtime/mission/plan.ts';
import type { PlanEvent, PlanTask } from '../src/runtime/mission/plan-event.ts';
import { type BenchRow, median, row } from './bench-row.ts';

const TASKS = 10_000;
const NEEDS = 3;
const SLOTS = 8;
const MISSION = 'bench';
const ROUNDS = 9;

/** The pure core alone: every task looked up, missed, started and finished, until the plan says that it is done. */
export function benchScheduling(): BenchRow[] {
  const small = graphOf(TASKS);
  const large = graphOf(10 * TASKS);
  const times = { small: [] as number[], large: [] as number[] };
  // The first round only warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    const [one, ten] = [measure(small), measure(large)];
    if (round === 0) continue;
    times.small.push(one);
    times.large.push(ten);
  }
  const [one, ten] = [median(times.small), median(times.large)];
  return [
    row('scheduling: 10,000 tasks, 30,000 edges (baseline: the goal)', { value: one, baseline: 50, goal: '≤ 50 ms' }),
    row('scheduling: 100,000 tasks (baseline: 10,000 tasks)', { value: ten, baseline: one, goal: '≤ 11 ×' }),
  ];
}

function measure(tasks: readonly PlanTask[]): number {
  globalThis.gc?.();
  const start = performance.now();
  runToTheEnd(tasks);
  return performance.now() - start;
}

function runToTheEnd(tasks: readonly PlanTask[]): void {
  const plan = new Plan({ batch: { qa: 16 } });
  let events: PlanEvent[] = [
    { type: 'open', mission: MISSION, tasks, priority: 'P1' },
    { type: 'capacity', pool: 'work', free: SLOTS },
    { type: 'capacity', pool: 'qa', free: SLOTS },
  ];
  let done = false;
  // An event is not kept once it is told: what follows from some is a list of its own.
  while (events.length > 0) {
    const next: PlanEvent[] = [];
    for (const command of events.flatMap((event) => plan.step(event))) {
      if (command.type === 'lookup') next.push({ type: 'miss', mission: MISSION, task: command.task });
      if (command.type === 'start') {
        for (const task of command.tasks) next.push({ type: 'finished', mission: MISSION, task, outcome: 'succeeded' });
        next.push({ type: 'capacity', pool: command.pool, free: 1 });
      }
      if (command.type === 'done') done = command.outcome === 'succeeded';
    }
    events = next;
  }
  if (!done) throw new Error('the plan did not come to its end');
}

/** Each task needs up to three of the hundred before it, picked by arithmetic rather than chance: the same graph every time. */
function graphOf(size: number): PlanTask[] {
  return Array.from({ length: size }, (_, index) => {
    const picked = new Set(Array.from({ length: NEEDS }, (_unused, k) => index - 1 - ((index * 7 + k * 31) % 100)));
    const needs = [...picked].filter((need) => need >= 0);
    return { needs, pool: index % 4 === 0 ? 'qa' : 'work', priority: index % 3, attempts: 1, approval: false };
  });
}
