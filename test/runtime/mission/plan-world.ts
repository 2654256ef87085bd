import fc from 'fast-check';

import { Plan } from '../../../src/runtime/mission/plan.ts';
import type { PlanCommand, PlanEvent, PlanTask, TaskRef } from '../../../src/runtime/mission/plan-event.ts';

type Answer = 'hit' | 'succeeded' | 'failed';

/** How one task behaves: what each of its attempts ends with (the last stands for all that follow), and what it blames when it fails. */
export interface Behaviour {
  answers: Answer[];
  blames: number[];
  /** What a person says when asked; undefined if nobody does. */
  says: 'approved' | 'refused' | undefined;
  key: number;
}

export interface WorldMission {
  name: string;
  priority: 'P0' | 'P1' | 'P2';
  tasks: PlanTask[];
  behaviours: Behaviour[];
}

export interface World {
  missions: WorldMission[];
  jobs: number;
  /** Which of the running attempts ends next. */
  picks: number[];
  /** What people do, and in which turn. */
  words: { turn: number; word: PlanEvent }[];
}

const behaviourAt = (index: number): fc.Arbitrary<Behaviour> =>
  fc.record({
    answers: fc.array(fc.constantFrom<Answer>('succeeded', 'succeeded', 'succeeded', 'hit', 'failed'), {
      minLength: 1,
      maxLength: 3,
    }),
    blames: index === 0 ? fc.constant([]) : fc.uniqueArray(fc.nat(index - 1), { maxLength: 2 }),
    says: fc.constantFrom('approved' as const, 'approved' as const, 'refused' as const, undefined),
    key: fc.nat(12),
  });

const planTask = (index: number): fc.Arbitrary<PlanTask> =>
  fc.record({
    needs: index === 0 ? fc.constant([]) : fc.uniqueArray(fc.nat(index - 1), { maxLength: 4 }),
    pool: fc.constantFrom('work', 'qa'),
    priority: fc.nat(4),
    attempts: fc.integer({ min: 1, max: 3 }),
    approval: fc.boolean().map((asks) => asks),
  });

const mission = (name: string, most: number): fc.Arbitrary<WorldMission> =>
  fc.integer({ min: 1, max: most }).chain((count) =>
    fc.record({
      name: fc.constant(name),
      priority: fc.constantFrom('P0' as const, 'P1' as const, 'P2' as const),
      tasks: fc.tuple(...Array.from({ length: count }, (_, index) => planTask(index))),
      behaviours: fc.tuple(...Array.from({ length: count }, (_, index) => behaviourAt(index))),
    }),
  );

const word = (names: readonly string[]): fc.Arbitrary<PlanEvent> => {
  const of = fc.constantFrom(...names);
  const task = fc.nat(9);
  return fc.oneof(
    fc.record({ type: fc.constant('cancel' as const), mission: of, task }),
    fc.record({ type: fc.constant('cancel' as const), mission: of }),
    fc.record({ type: fc.constant('retry' as const), mission: of, task }),
    fc.record({ type: fc.constant('retry' as const), mission: of }),
    fc.record({ type: fc.constant('hold' as const), mission: of }),
    fc.record({ type: fc.constant('release' as const), mission: of }),
    fc.record({ type: fc.constant('prioritise' as const), mission: of, priority: fc.constantFrom('P0' as const, 'P2' as const) }),
    fc.record({ type: fc.constant('approved' as const), mission: of, task }),
    fc.constant({ type: 'drain' as const }),
  );
};

/** Any number of missions up to three, with everything that people and agents may do to them. `calm`: nobody interferes. */
export function worlds({ calm = false, missions = 3, most = 16 } = {}): fc.Arbitrary<World> {
  const names = Array.from({ length: missions }, (_, index) => `m${index}`);
  return fc.record({
    missions: fc
      .tuple(...names.map((name) => mission(name, most)))
      .chain((all) => fc.integer({ min: 1, max: missions }).map((count) => all.slice(0, count))),
    jobs: fc.integer({ min: 1, max: 4 }),
    picks: fc.array(fc.nat(), { minLength: 50, maxLength: 50 }),
    words: calm ? fc.constant([]) : fc.array(fc.record({ turn: fc.nat(80), word: word(names) }), { maxLength: 6 }),
  });
}

export interface Run {
  events: PlanEvent[];
  commands: PlanCommand[];
  outcomes: Map<string, string>;
  /** Last word on each task, by `mission/task`. */
  ends: Map<string, string>;
  starts: Map<string, number>;
  /** What was broken on the way. */
  breaches: string[];
}

const nameOf = ({ mission: of, task }: TaskRef): string => `${of}/${task}`;

/** Drives a plan as the loop does, and notes whatever a scheduler must never do. */
export class Driver {
  readonly #world: World;
  readonly #plan = new Plan({ batch: { qa: 3 } });
  readonly #running: { pool: string; mission: string; tasks: number[] }[] = [];
  readonly #inbox: PlanEvent[] = [];
  readonly #attempts = new Map<string, number>();
  readonly #done = new Set<string>();
  readonly #integrated = new Set<string>();
  readonly #keys = new Map<string, string>();
  readonly run: Run = { events: [], commands: [], outcomes: new Map(), ends: new Map(), starts: new Map(), breaches: [] };

  constructor(world: World) {
    this.#world = world;
  }

  drive(): Run {
    const { missions, jobs, picks, words } = this.#world;
    this.#inbox.push({ type: 'capacity', pool: 'work', free: jobs }, { type: 'capacity', pool: 'qa', free: 1 });
    for (const { name, tasks, priority } of missions) this.#inbox.push({ type: 'open', mission: name, tasks, priority });
    for (let turn = 0; this.run.outcomes.size < missions.length; turn++) {
      if (turn > 5_000) return this.#breach('it goes on for ever');
      for (const { word: said } of words.filter((each) => each.turn === turn)) this.#say(said);
      const event = this.#inbox.shift() ?? this.#land(picks[turn % picks.length] ?? 0);
      if (event === undefined) return this.#breach('deadlock: nothing runs and not every mission is done');
      this.#step(event);
    }
    return this.run;
  }

  #breach(what: string): Run {
    this.run.breaches.push(what);
    return this.run;
  }

  /** Words about what does not exist are not said: the faces refuse them. */
  #say(said: PlanEvent): void {
    const of = 'mission' in said ? this.#world.missions.find(({ name }) => name === said.mission) : undefined;
    if ('mission' in said && of === undefined) return;
    if ('task' in said && said.task !== undefined && said.task >= (of?.tasks.length ?? 0)) return;
    this.#inbox.push(said);
  }

  /** One of the running attempts ends. */
  #land(pick: number): PlanEvent | undefined {
    const ended = this.#running.splice(pick % Math.max(1, this.#running.length), 1)[0];
    if (ended === undefined) return undefined;
    for (const task of ended.tasks) {
      const ref = { mission: ended.mission, task };
      const behaviour = this.#behaviour(ref);
      const attempt = this.#attempts.get(nameOf(ref)) ?? 1;
      const answer = behaviour.answers[Math.min(attempt, behaviour.answers.length) - 1];
      this.#keys.delete(`${behaviour.key}`);
      if (answer === 'failed') this.#inbox.push({ type: 'finished', ...ref, outcome: 'failed', blames: behaviour.blames });
      else this.#inbox.push({ type: 'finished', ...ref, outcome: 'succeeded', disputes: this.#disputes(ref) });
    }
    this.#inbox.push({ type: 'capacity', pool: ended.pool, free: 1 });
    return this.#inbox.shift();
  }

  #step(event: PlanEvent): void {
    this.run.events.push(event);
    if (event.type === 'finished' && event.outcome === 'succeeded') this.run.ends.set(nameOf(event), 'succeeded');
    if (event.type === 'finished' && event.outcome === 'failed') this.run.ends.set(nameOf(event), 'failed');
    if (event.type === 'hit') this.run.ends.set(nameOf(event), 'succeeded');
    if (event.type === 'refused') this.run.ends.set(nameOf(event), 'failed');
    for (const command of this.#plan.step(event)) this.#perform(command);
  }

  #perform(command: PlanCommand): void {
    const { run } = this;
    run.commands.push(command);
    if (command.type !== 'done' && this.#done.has(command.mission))
      this.#breach(`${command.type} after the end of ${command.mission}`);
    switch (command.type) {
      case 'lookup': {
        const { answers, key } = this.#behaviour(command);
        const first = (this.#attempts.get(nameOf(command)) ?? 0) === 0;
        const stands = this.#standsInTheWay(command);
        if (stands !== undefined) this.#inbox.push({ type: 'blocked', by: stands, mission: command.mission, task: command.task });
        else if (answers[0] === 'hit' && first)
          this.#inbox.push({ type: 'hit', mission: command.mission, task: command.task, disputes: this.#disputes(command) });
        else this.#inbox.push({ type: 'miss', mission: command.mission, task: command.task, key: `${key}` });
        break;
      }
      case 'ask': {
        const { says } = this.#behaviour(command);
        if (says !== undefined) this.#inbox.push({ type: says, mission: command.mission, task: command.task });
        break;
      }
      case 'start':
        this.#running.push(command);
        this.#checkStart(command);
        break;
      case 'reopen':
        for (const task of command.tasks) run.ends.delete(nameOf({ mission: command.mission, task }));
        break;
      case 'integrate':
        this.#checkIntegrate(command);
        this.#inbox.push({ type: 'integrated', mission: command.mission, task: command.task, onto: this.#clashes(command) });
        break;
      case 'rebase':
        if (command.final) run.ends.set(nameOf(command), 'failed');
        else run.ends.delete(nameOf(command));
        break;
      case 'skip':
        run.ends.set(nameOf(command), 'skipped');
        break;
      case 'cancelled':
        run.ends.set(nameOf(command), 'cancelled');
        break;
      case 'stop':
      case 'fail':
        break;
      case 'done':
        this.#done.add(command.mission);
        run.outcomes.set(command.mission, command.outcome);
        break;
    }
  }

  #checkStart({ pool, mission: name, tasks }: Extract<PlanCommand, { type: 'start' }>): void {
    const limit = pool === 'work' ? this.#world.jobs : 1;
    if (this.#running.filter((each) => each.pool === pool).length > limit) this.#breach(`more than ${limit} run in ${pool}`);
    for (const task of tasks) {
      const ref = { mission: name, task };
      const attempt = (this.#attempts.get(nameOf(ref)) ?? 0) + 1;
      this.#attempts.set(nameOf(ref), attempt);
      this.run.starts.set(nameOf(ref), attempt);
      const key = `${this.#behaviour(ref).key}`;
      if (this.#keys.has(key)) this.#breach(`${nameOf(ref)} runs while ${this.#keys.get(key)} does, with the same key`);
      this.#keys.set(key, nameOf(ref));
      for (const need of this.#task(ref).needs) {
        const end = this.run.ends.get(nameOf({ mission: name, task: need }));
        if (end !== 'succeeded') this.#breach(`${nameOf(ref)} starts while its need ${need} is ${end ?? 'open'}`);
      }
    }
  }

  /** Every other task changes files that others change too. */
  #disputes({ mission: of, task }: TaskRef): number[] {
    return task % 2 === 1 && this.run.ends.get(nameOf({ mission: of, task: task - 1 })) === 'succeeded' ? [task] : [];
  }

  /** Its first result cannot be put together with that of the one before it. */
  #clashes({ mission: of, task }: TaskRef): number[] {
    const first = (this.#attempts.get(nameOf({ mission: of, task })) ?? 0) < 2;
    return first && this.run.ends.get(nameOf({ mission: of, task: task - 1 })) === 'succeeded' ? [task - 1] : [];
  }

  /** Of what it needs, the one that has yet to be held against what is before it. */
  #standsInTheWay(ref: TaskRef): number | undefined {
    const done = (need: number): boolean => this.#integrated.has(nameOf({ mission: ref.mission, task: need }));
    return this.#task(ref).needs.find(
      (need) => need % 4 === 3 && !done(need) && this.#disputes({ ...ref, task: need }).length > 0,
    );
  }

  #checkIntegrate(ref: TaskRef): void {
    this.#integrated.add(nameOf(ref));
    for (let task = 0; task <= ref.task; task++) {
      const end = this.run.ends.get(nameOf({ mission: ref.mission, task }));
      if (end === undefined) this.#breach(`${nameOf(ref)} is integrated while ${task} before it is open`);
    }
  }

  #behaviour({ mission: name, task }: TaskRef): Behaviour {
    const found = this.#world.missions.find((each) => each.name === name)?.behaviours[task];
    if (found === undefined) throw new RangeError(`no task ${name}/${task}`);
    return found;
  }

  #task({ mission: name, task }: TaskRef): PlanTask {
    const found = this.#world.missions.find((each) => each.name === name)?.tasks[task];
    if (found === undefined) throw new RangeError(`no task ${name}/${task}`);
    return found;
  }
}
