import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Plan, type PlanCommand, type PlanEvent } from '../../../src/runtime/mission/plan.ts';
import type { Task } from '../../../src/spec/model.ts';
import { aTask } from './a-task.ts';

type Answer = 'hit' | 'succeeded' | 'failed';

interface World {
  tasks: Task[];
  answers: Answer[];
  jobs: number;
  /** Which of the running attempts ends next, and when to drain. */
  picks: number[];
  drainAt: number;
}

const worlds: fc.Arbitrary<World> = fc.integer({ min: 1, max: 30 }).chain((count) =>
  fc.record({
    tasks: fc.tuple(...Array.from({ length: count }, (_, index) => arbitraryTask(index))),
    answers: fc.array(fc.constantFrom<Answer>('hit', 'succeeded', 'succeeded', 'succeeded', 'failed'), {
      minLength: count,
      maxLength: count,
    }),
    jobs: fc.integer({ min: 1, max: 4 }),
    picks: fc.array(fc.nat(), { minLength: 200, maxLength: 200 }),
    drainAt: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.nat(40)),
  }),
);

function arbitraryTask(index: number): fc.Arbitrary<Task> {
  const needs = index === 0 ? fc.constant<number[]>([]) : fc.uniqueArray(fc.nat(index - 1), { maxLength: 4 });
  return fc
    .record({
      needs,
      ability: fc.constantFrom('contract-compiler' as const, 'qa' as const),
      priority: fc.constantFrom('P0' as const, 'P1' as const, 'P2' as const),
    })
    .map(({ needs: below, ...rest }) =>
      aTask(`t${index}`, { ...rest, needs: below.map((need) => ({ task: `t${need}`, kind: 'structural', because: '' })) }),
    );
}

interface Run {
  commands: PlanCommand[];
  started: number[];
  settled: Map<number, string>;
  peak: { work: number; qa: number };
  outcome: string;
}

/** Drives a plan as the loop does, and breaks if it stops without being done. */
function drive({ tasks, answers, jobs, picks, drainAt }: World): Run {
  const plan = new Plan(tasks, { qaBatch: 3 });
  const run: Run = { commands: [], started: [], settled: new Map(), peak: { work: 0, qa: 0 }, outcome: '' };
  const running: { pool: 'work' | 'qa'; tasks: number[] }[] = [];
  const inbox: PlanEvent[] = [
    { type: 'begin' },
    { type: 'capacity', pool: 'work', free: jobs },
    { type: 'capacity', pool: 'qa', free: 1 },
  ];
  for (let turn = 0; run.outcome === ''; turn++) {
    if (turn === drainAt) inbox.unshift({ type: 'drain' });
    const event = inbox.shift();
    if (event === undefined) {
      const ended = running.splice((picks[turn % picks.length] ?? 0) % Math.max(running.length, 1), 1)[0];
      if (ended === undefined) throw new Error('deadlock: nothing runs, nothing is queued, and the plan is not done');
      for (const task of ended.tasks) {
        const outcome = answers[task] === 'failed' ? 'failed' : 'succeeded';
        run.settled.set(task, outcome);
        inbox.push({ type: 'finished', task, outcome });
      }
      inbox.push({ type: 'capacity', pool: ended.pool, free: 1 });
      continue;
    }
    for (const command of plan.step(event)) {
      run.commands.push(command);
      if (command.type === 'done') run.outcome = command.outcome;
      if (command.type === 'skip') run.settled.set(command.task, 'skipped');
      if (command.type === 'lookup') {
        const hit = answers[command.task] === 'hit';
        if (hit) run.settled.set(command.task, 'hit');
        inbox.push({ type: hit ? 'hit' : 'miss', task: command.task });
      }
      if (command.type === 'start') {
        for (const task of command.tasks) {
          const below = (tasks[task]?.needs ?? []).map((need) => run.settled.get(Number(need.task.slice(1))));
          expect(below.every((state) => state === 'hit' || state === 'succeeded')).toBe(true);
        }
        run.started.push(...command.tasks);
        running.push(command);
        run.peak[command.pool] = Math.max(run.peak[command.pool], running.filter(({ pool }) => pool === command.pool).length);
      }
    }
  }
  return run;
}

describe('Plan', () => {
  it('settles every task exactly once, starts none before its needs, and never deadlocks', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const run = drive(world);
        expect(new Set(run.started).size).toBe(run.started.length);
        expect(run.peak.work).toBeLessThanOrEqual(world.jobs);
        expect(run.peak.qa).toBeLessThanOrEqual(1);
        if (run.outcome === 'drained') return;
        expect(run.settled.size).toBe(world.tasks.length);
        const failed = [...run.settled.values()].includes('failed');
        expect(run.outcome).toBe(failed ? 'failed' : 'succeeded');
      }),
      { numRuns: 500 },
    );
  });

  it('skips what needs a failed task, directly or not, and nothing else', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { settled, outcome } = drive({ ...world, drainAt: Number.POSITIVE_INFINITY });
        expect(outcome).not.toBe('drained');
        world.tasks.forEach((task, index) => {
          const broken = task.needs.some((need) => ['failed', 'skipped'].includes(settled.get(Number(need.task.slice(1))) ?? ''));
          expect(settled.get(index) === 'skipped').toBe(broken);
        });
      }),
    );
  });

  it('gives the same commands for the same events', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        expect(drive(world).commands).toEqual(drive(world).commands);
      }),
    );
  });

  it('starts urgent tasks first, then in graph order', () => {
    const tasks = [
      aTask('a', { priority: 'P2' }),
      aTask('b', { priority: 'P1' }),
      aTask('c', { priority: 'P0' }),
      aTask('d', { priority: 'P1' }),
    ];
    const world: World = { tasks, answers: tasks.map(() => 'succeeded'), jobs: 1, picks: [0], drainAt: Number.POSITIVE_INFINITY };
    const plan = new Plan(tasks, { qaBatch: 1 });
    plan.step({ type: 'begin' });
    for (const task of [0, 1, 2, 3]) plan.step({ type: 'miss', task });
    expect(
      plan.step({ type: 'capacity', pool: 'work', free: 4 }).map((command) => command.type === 'start' && command.tasks[0]),
    ).toEqual([2, 1, 3, 0]);
    expect(drive(world).outcome).toBe('succeeded');
  });

  it('takes as many checks into a slot as it may', () => {
    const tasks = ['a', 'b', 'c', 'd', 'e'].map((id) => aTask(id, { ability: 'qa' }));
    const plan = new Plan(tasks, { qaBatch: 4 });
    plan.step({ type: 'begin' });
    for (const task of tasks.keys()) plan.step({ type: 'miss', task });
    expect(plan.step({ type: 'capacity', pool: 'qa', free: 1 })).toEqual([{ type: 'start', pool: 'qa', tasks: [0, 1, 2, 3] }]);
    expect(plan.queued('qa')).toBe(1);
  });

  it('refuses events that cannot be', () => {
    const plan = new Plan([aTask('a')], { qaBatch: 1 });
    expect(() => plan.step({ type: 'finished', task: 0, outcome: 'succeeded' })).toThrow(RangeError);
    expect(
      () => new Plan([aTask('a', { needs: [{ task: 'b', kind: 'explicit', because: '' }] }), aTask('b')], { qaBatch: 1 }),
    ).toThrow('a comes before one of its needs');
  });
});
