import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Plan } from '../../../src/runtime/mission/plan.ts';
import type { PlanCommand, PlanTask, TaskRef } from '../../../src/runtime/mission/plan-event.ts';
import { Driver, worlds } from './plan-world.ts';

const task = (fields: Partial<PlanTask> = {}): PlanTask => ({
  needs: [],
  pool: 'work',
  priority: 1,
  attempts: 1,
  approval: false,
  ...fields,
});

/** Opens a mission and answers every lookup with a miss. */
function open(plan: Plan, mission: string, tasks: PlanTask[], priority: 'P0' | 'P1' | 'P2' = 'P1'): PlanCommand[] {
  const commands = plan.step({ type: 'open', mission, tasks, priority });
  for (const command of commands) if (command.type === 'lookup') plan.step({ ...command, type: 'miss' });
  return commands;
}

/** What the task needs since it could not be put together with them. */
const foundNeeds = (commands: PlanCommand[], of: TaskRef): readonly number[] =>
  commands.flatMap((command) =>
    command.type === 'rebase' && command.mission === of.mission && command.task === of.task ? command.onto : [],
  );

const started = (commands: PlanCommand[]): string[] =>
  commands.flatMap((command) => (command.type === 'start' ? command.tasks.map((each) => `${command.mission}/${each}`) : []));

it('has whoever was lost at a task followed by somebody else, and counts that as no failure', () => {
  const plan = new Plan();
  open(plan, 'm', [task({ attempts: 1 })]);
  expect(started(plan.step({ type: 'capacity', pool: 'work', free: 1 }))).toEqual(['m/0']);
  for (let at = 0; at < 5; at++) {
    expect(started(plan.step({ type: 'finished', mission: 'm', task: 0, outcome: 'lost' }))).toEqual([]);
    expect(started(plan.step({ type: 'capacity', pool: 'work', free: 1 }))).toEqual(['m/0']);
  }
  const end = plan.step({ type: 'finished', mission: 'm', task: 0, outcome: 'failed' });
  expect(end.map(({ type }) => type)).toEqual(['fail', 'done']);
});

describe('any missions, with failures, blame, approvals, cancels, pauses and priorities', () => {
  it('starts no task before its needs, keeps to its slots, runs no key twice at once, never deadlocks, and says nothing after the end', () => {
    fc.assert(
      fc.property(worlds(), (world) => {
        expect(new Driver(world).drive().breaches).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives the same commands for the same events, byte for byte', () => {
    fc.assert(
      fc.property(worlds(), (world) => {
        const { events, commands } = new Driver(world).drive();
        const plan = new Plan({ batch: { qa: 3 } });
        expect(JSON.stringify(events.flatMap((event) => plan.step(event)))).toBe(JSON.stringify(commands));
      }),
    );
  });

  it('settles every task of a mission that ends, and ends it by what they came to', () => {
    fc.assert(
      fc.property(worlds({ calm: true }), (world) => {
        const run = new Driver(world).drive();
        for (const { name, tasks } of world.missions) {
          const outcome = run.outcomes.get(name);
          const ends = tasks.map((_, index) => run.ends.get(`${name}/${index}`));
          expect(['succeeded', 'failed', 'waiting']).toContain(outcome);
          if (outcome === 'succeeded') expect(ends.every((end) => end === 'succeeded')).toBe(true);
          if (outcome === 'failed') {
            expect(ends.every((end) => end === 'succeeded' || end === 'failed' || end === 'skipped')).toBe(true);
            expect(ends).toContain('failed');
          }
          if (outcome !== 'waiting') {
            tasks.forEach((each, index) => {
              const needs = [...each.needs, ...foundNeeds(run.commands, { mission: name, task: index })];
              const broken = needs.some((need) => ends[need] !== 'succeeded');
              // One that failed on a need which was then found at fault stays failed.
              if (ends[index] === 'skipped') expect(broken).toBe(true);
              if (broken) expect(['skipped', 'failed']).toContain(ends[index]);
            });
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('waits for a person only where one was asked', () => {
    fc.assert(
      fc.property(worlds({ calm: true }), (world) => {
        const run = new Driver(world).drive();
        const asked = new Set(run.commands.flatMap((command) => (command.type === 'ask' ? [command.mission] : [])));
        for (const [name, outcome] of run.outcomes) if (outcome === 'waiting') expect(asked).toContain(name);
      }),
    );
  });

  it('fails a task no more often than it may, and does it again no more often than it and those below it may be blamed', () => {
    fc.assert(
      fc.property(worlds({ calm: true, missions: 1 }), (world) => {
        const run = new Driver(world).drive();
        const [mission] = world.missions;
        const bound = (mission?.tasks ?? []).reduce((sum, { attempts }) => sum + attempts, 0);
        for (const count of run.starts.values()) expect(count).toBeLessThanOrEqual(bound);
      }),
    );
  });
});

describe('the order of starts', () => {
  it('is by priority of the mission, then of the task, then of opening and graph', () => {
    const plan = new Plan();
    open(plan, 'slow', [task({ priority: 0 })], 'P2');
    open(plan, 'first', [task({ priority: 2 }), task({ priority: 1 }), task({ priority: 1 })]);
    open(plan, 'second', [task({ priority: 0 })]);
    open(plan, 'urgent', [task({ priority: 4 })], 'P0');
    expect(started(plan.step({ type: 'capacity', pool: 'work', free: 9 }))).toEqual([
      'urgent/0',
      'second/0',
      'first/1',
      'first/2',
      'first/0',
      'slow/0',
    ]);
  });

  it('ages: a P2 task starts after at most 128 starts of an endless stream of P0', () => {
    const plan = new Plan();
    open(plan, 'patient', [task()], 'P2');
    for (let index = 0; index < 1_000; index++) {
      open(plan, `urgent${index}`, [task()], 'P0');
      const [name] = started(plan.step({ type: 'capacity', pool: 'work', free: 1 }));
      if (name === 'patient/0') {
        expect(index).toBeGreaterThan(64);
        expect(index).toBeLessThanOrEqual(128);
        return;
      }
      plan.step({ type: 'finished', mission: `urgent${index}`, task: 0, outcome: 'succeeded' });
    }
    throw new Error('it starved');
  });

  it('changes with the priority of the mission, also for what is in line already', () => {
    const plan = new Plan();
    open(plan, 'a', [task()], 'P1');
    open(plan, 'b', [task()], 'P2');
    plan.step({ type: 'prioritise', mission: 'b', priority: 'P0' });
    expect(started(plan.step({ type: 'capacity', pool: 'work', free: 1 }))).toEqual(['b/0']);
  });

  it('takes as many of one mission into a slot as it may, and none of another', () => {
    const plan = new Plan({ batch: { qa: 3 } });
    open(
      plan,
      'a',
      Array.from({ length: 4 }, () => task({ pool: 'qa' })),
    );
    open(plan, 'b', [task({ pool: 'qa' })]);
    expect(plan.step({ type: 'capacity', pool: 'qa', free: 3 })).toEqual([
      { type: 'start', pool: 'qa', mission: 'a', tasks: [0, 1, 2] },
      { type: 'start', pool: 'qa', mission: 'a', tasks: [3] },
      { type: 'start', pool: 'qa', mission: 'b', tasks: [0] },
    ]);
  });

  it('keeps to what is free in each pool', () => {
    const plan = new Plan();
    open(plan, 'a', [task(), task({ pool: 'gpu' }), task({ pool: 'gpu' })]);
    expect(started(plan.step({ type: 'capacity', pool: 'gpu', free: 1 }))).toEqual(['a/1']);
    expect(started(plan.step({ type: 'capacity', pool: 'gpu', free: -1 }))).toEqual([]);
    plan.step({ type: 'finished', mission: 'a', task: 1, outcome: 'succeeded' });
    expect(started(plan.step({ type: 'capacity', pool: 'gpu', free: 1 }))).toEqual([]);
    expect(started(plan.step({ type: 'capacity', pool: 'gpu', free: 1 }))).toEqual(['a/2']);
  });
});

describe('steering', () => {
  it('does what is blamed again, then what builds on it, and looks the rest up anew', () => {
    const plan = new Plan();
    const tasks = [task({ attempts: 2 }), task({ needs: [0] }), task({ needs: [0, 1] })];
    open(plan, 'm', tasks);
    plan.step({ type: 'capacity', pool: 'work', free: 1 });
    const pass = (index: number): PlanCommand[] => [
      ...plan.step({ type: 'finished', mission: 'm', task: index, outcome: 'succeeded' }),
      ...plan.step({ type: 'capacity', pool: 'work', free: 1 }),
    ];
    const miss = (index: number): PlanCommand[] => plan.step({ type: 'miss', mission: 'm', task: index });
    pass(0);
    miss(1);
    pass(1);
    miss(2);
    expect(plan.step({ type: 'finished', mission: 'm', task: 2, outcome: 'failed', blames: [0] })).toEqual([
      { type: 'reopen', mission: 'm', tasks: [0], because: 2 },
      { type: 'lookup', mission: 'm', task: 0 },
    ]);
    plan.step({ type: 'capacity', pool: 'work', free: 1 });
    expect(started(miss(0))).toEqual(['m/0']);
    expect(pass(0)[0]).toEqual({ type: 'lookup', mission: 'm', task: 1 });
    expect(plan.step({ type: 'hit', mission: 'm', task: 1 })).toEqual([{ type: 'lookup', mission: 'm', task: 2 }]);
    miss(2);
    expect(plan.step({ type: 'finished', mission: 'm', task: 2, outcome: 'failed', blames: [0] })).toEqual([
      { type: 'fail', mission: 'm', task: 2 },
      { type: 'done', mission: 'm', outcome: 'failed' },
    ]);
  });

  it('lets another mission take the result of a task with the same key rather than run it too', () => {
    const plan = new Plan();
    for (const mission of ['a', 'b']) plan.step({ type: 'open', mission, tasks: [task()], priority: 'P1' });
    for (const mission of ['a', 'b']) plan.step({ type: 'miss', mission, task: 0, key: 'k' });
    expect(started(plan.step({ type: 'capacity', pool: 'work', free: 2 }))).toEqual(['a/0']);
    expect(plan.step({ type: 'finished', mission: 'a', task: 0, outcome: 'succeeded' })).toEqual([
      { type: 'lookup', mission: 'b', task: 0, landed: true },
      { type: 'done', mission: 'a', outcome: 'succeeded' },
    ]);
  });

  it('lets one that waits for a slot meanwhile take the result as well', () => {
    const plan = new Plan();
    plan.step({ type: 'capacity', pool: 'work', free: 1 });
    for (const mission of ['a', 'b']) plan.step({ type: 'open', mission, tasks: [task()], priority: 'P1' });
    for (const mission of ['a', 'b']) plan.step({ type: 'miss', mission, task: 0, key: 'k' });
    expect(plan.step({ type: 'finished', mission: 'a', task: 0, outcome: 'succeeded' })).toContainEqual({
      type: 'lookup',
      mission: 'b',
      task: 0,
      landed: true,
    });
  });

  it('acts on blame that an earlier process left, once', () => {
    const plan = new Plan();
    plan.step({ type: 'capacity', pool: 'work', free: 1 });
    plan.step({ type: 'open', mission: 'm', tasks: [task({ attempts: 3 }), task({ needs: [0] })], priority: 'P1' });
    plan.step({ type: 'hit', mission: 'm', task: 0 });
    expect(plan.step({ type: 'spent', mission: 'm', task: 1, failures: 1, blames: [0] })).toEqual([
      { type: 'reopen', mission: 'm', tasks: [0], because: 1 },
      { type: 'lookup', mission: 'm', task: 0 },
    ]);
    plan.step({ type: 'hit', mission: 'm', task: 0 });
    expect(plan.step({ type: 'spent', mission: 'm', task: 1, failures: 1 })).toContainEqual({
      type: 'fail',
      mission: 'm',
      task: 1,
    });
  });

  it('counts what failed before it was opened', () => {
    const plan = new Plan();
    plan.step({ type: 'capacity', pool: 'work', free: 1 });
    plan.step({ type: 'open', mission: 'm', tasks: [task({ attempts: 2 })], priority: 'P1', failures: [1] });
    plan.step({ type: 'miss', mission: 'm', task: 0 });
    expect(plan.step({ type: 'finished', mission: 'm', task: 0, outcome: 'failed' })).toContainEqual({
      type: 'fail',
      mission: 'm',
      task: 0,
    });
  });

  it('runs it after all if the other one fails', () => {
    const plan = new Plan();
    for (const mission of ['a', 'b']) plan.step({ type: 'open', mission, tasks: [task()], priority: 'P1' });
    for (const mission of ['a', 'b']) plan.step({ type: 'miss', mission, task: 0, key: 'k' });
    plan.step({ type: 'capacity', pool: 'work', free: 2 });
    expect(started(plan.step({ type: 'finished', mission: 'a', task: 0, outcome: 'failed' }))).toEqual(['b/0']);
  });

  it('asks a person before a task that wants one, and waits', () => {
    const plan = new Plan();
    plan.step({ type: 'capacity', pool: 'work', free: 1 });
    plan.step({ type: 'open', mission: 'm', tasks: [task({ approval: true })], priority: 'P1' });
    expect(plan.step({ type: 'miss', mission: 'm', task: 0 })).toEqual([
      { type: 'ask', mission: 'm', task: 0 },
      { type: 'done', mission: 'm', outcome: 'waiting' },
    ]);
  });

  it('ends what runs when a task, or all, is cancelled, and skips what needs it', () => {
    const plan = new Plan();
    plan.step({ type: 'capacity', pool: 'work', free: 2 });
    open(plan, 'm', [task(), task(), task({ needs: [0] })]);
    expect(plan.step({ type: 'cancel', mission: 'm', task: 0 })).toEqual([{ type: 'stop', mission: 'm', task: 0 }]);
    expect(plan.step({ type: 'finished', mission: 'm', task: 0, outcome: 'failed' })).toEqual([
      { type: 'cancelled', mission: 'm', task: 0 },
      { type: 'skip', mission: 'm', task: 2, because: 0 },
    ]);
    expect(plan.step({ type: 'cancel', mission: 'm' })).toEqual([{ type: 'stop', mission: 'm', task: 1 }]);
    expect(plan.step({ type: 'finished', mission: 'm', task: 1, outcome: 'succeeded' })).toEqual([
      { type: 'cancelled', mission: 'm', task: 1 },
      { type: 'done', mission: 'm', outcome: 'cancelled' },
    ]);
  });

  it('holds one mission while the others go on', () => {
    const plan = new Plan();
    open(plan, 'a', [task()]);
    open(plan, 'b', [task()]);
    expect(plan.step({ type: 'hold', mission: 'a' })).toEqual([{ type: 'done', mission: 'a', outcome: 'held' }]);
    expect(started(plan.step({ type: 'capacity', pool: 'work', free: 2 }))).toEqual(['b/0']);
  });

  it('does again what has failed, and what was skipped for it', () => {
    const plan = new Plan();
    plan.step({ type: 'capacity', pool: 'work', free: 2 });
    open(plan, 'm', [task(), task(), task({ needs: [0] })]);
    plan.step({ type: 'finished', mission: 'm', task: 0, outcome: 'failed' });
    expect(plan.step({ type: 'retry', mission: 'm' })).toEqual([{ type: 'lookup', mission: 'm', task: 0 }]);
    plan.step({ type: 'hit', mission: 'm', task: 0 });
    plan.step({ type: 'hit', mission: 'm', task: 2 });
    expect(plan.step({ type: 'finished', mission: 'm', task: 1, outcome: 'succeeded' })).toEqual([
      { type: 'done', mission: 'm', outcome: 'succeeded' },
    ]);
  });

  it('takes up a task that has failed before where its attempts end', () => {
    const plan = new Plan();
    plan.step({ type: 'open', mission: 'm', tasks: [task({ attempts: 3 }), task({ attempts: 2 })], priority: 'P1' });
    plan.step({ type: 'spent', mission: 'm', task: 0, failures: 2 });
    plan.step({ type: 'spent', mission: 'm', task: 1, failures: 2 });
    expect(started(plan.step({ type: 'capacity', pool: 'work', free: 9 }))).toEqual(['m/0']);
    expect(plan.step({ type: 'finished', mission: 'm', task: 0, outcome: 'failed' })).toEqual([
      { type: 'fail', mission: 'm', task: 0 },
      { type: 'done', mission: 'm', outcome: 'failed' },
    ]);
  });

  it('refuses events that cannot be, and minds no late word about a mission that is over', () => {
    const plan = new Plan();
    open(plan, 'm', [task()]);
    expect(() => plan.step({ type: 'finished', mission: 'm', task: 0, outcome: 'succeeded' })).toThrow(RangeError);
    expect(() => open(plan, 'm', [task()])).toThrow(RangeError);
    expect(() => open(plan, 'other', [task({ needs: [1] }), task()])).toThrow('comes before one of its needs');
    expect(plan.step({ type: 'cancel', mission: 'gone' })).toEqual([]);
  });
});
