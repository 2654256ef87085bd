import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { digestOf } from '../../../../src/base/digest.ts';
import type { EntryDraft } from '../../../../src/runtime/log/entry.ts';
import { type Log, openFolded, openLog } from '../../../../src/runtime/log/log.ts';
import { missionProjection } from '../../../../src/runtime/mission/projection.ts';
import { findMission, openApprovals, taskRows } from '../../../../src/runtime/mission/queries.ts';
import { openQuestions } from '../../../../src/runtime/mission/question-rows.ts';
import { missionCreated } from '../../../../src/runtime/mission/records.ts';
import { MissionCourse } from '../../../../src/runtime/report/standing/mission-course.ts';
import { NOTHING_TOLD } from '../../../../src/runtime/report/standing/standing.ts';
import type { ToldEntry } from '../../../../src/runtime/report/standing/told-entry.ts';
import { signer } from '../../log/fixed.ts';

const TASKS = ['a', 'b', 'c'] as const;

/** Everything that says something about a task or its mission, whether or not it could ever come in this order. */
const SAID: readonly (readonly [kind: string, data: EntryDraft['data']])[] = [
  ['task.started', { attempt: 2 }],
  ['task.succeeded', { attempt: 2, key: 'k', output: 'o', tree: 't', usage: { tokens: 5, money: 0.5 } }],
  ['task.failed', { attempt: 2, reason: 'no', usage: { energy: 3 } }],
  ['task.failed', { attempt: 0, reason: 'nobody approved it' }],
  ['task.cached', { key: 'k', output: 'o', tree: 't', origin: 'm' }],
  ['task.skipped', { reason: 'what it needs has failed' }],
  ['task.cancelled', {}],
  ['task.reopened', { because: 'b', feedback: 'no' }],
  ['task.lost', { attempt: 2, reason: 'its worker has gone' }],
  ['task.merged', {}],
  ['approval.asked', { expires: '2026-06-01T00:00:00.000Z' }],
  ['approval.expired', {}],
  ['question.asked', { question: 'q1', asks: 'to run npm test', expires: '2026-06-01T00:00:00.000Z', attempt: 1, agent: 'x' }],
  ['question.expired', { question: 'q1' }],
  ['word.approve', { question: 'q1', by: 'ann' }],
  ['word.approve', { by: 'ann' }],
  ['word.reject', { by: 'ann' }],
  ['word.cancel', { by: 'ann' }],
  ['word.retry', { by: 'ann' }],
  ['something.new', { reason: 'none' }],
];

const OF_THE_MISSION: typeof SAID = [
  ['mission.waiting', { reason: 'for somebody' }],
  ['mission.interrupted', {}],
  ['mission.resumed', { settings: { budget: { tokens: 7 } } }],
  ['mission.slept', { milliseconds: 3 }],
  ['mission.finished', { state: 'failed', reason: 'it failed' }],
  ['mission.finished', { state: 'succeeded' }],
  ['gate.decided', { result: 'fail', reasons: ['no tests'] }],
  ['word.retry', { by: 'ann' }],
  ['word.prioritise', { priority: 'P0' }],
];

interface Step {
  said: [said: (typeof SAID)[number], task: string | undefined];
  /** Milliseconds since the step before. */
  passed: number;
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    said: fc.oneof(
      { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...SAID), fc.constantFrom<string | undefined>(...TASKS)) },
      { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...OF_THE_MISSION), fc.constant<string | undefined>(undefined)) },
    ),
    passed: fc.nat(5_000),
  }),
  { maxLength: 60 },
);

let dir: string;
let log: Log;
let now = Date.UTC(2026, 4, 1);
let missions = 0;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'course-'));
  log = openLog(dir, { mode: 'write', clock: { now: () => now }, signer, projections: [missionProjection] });
});
afterAll(() => {
  log.close();
  rmSync(dir, { recursive: true });
});

function created(id: string): EntryDraft {
  const digest = digestOf('x');
  return missionCreated({
    prompt: { id, objective: 'Build', originatingSpec: 'demo', priority: 'P2', constraints: {} } as never,
    specification: { id: 'demo', title: 'Demo', dialect: 'native', digest },
    graph: digest,
    tasks: TASKS.length,
    settings: {},
  });
}

/** Appends what is said to a new mission, entry by entry. Returns its id. */
async function play(all: readonly Step[]): Promise<string> {
  const mission = `00000000-0000-7000-8000-${String(missions++).padStart(12, '0')}`;
  await log.append([created(mission), ...TASKS.map((task) => ({ kind: 'task.started', mission, task, data: { attempt: 1 } }))]);
  const asked = new Set<string | undefined>();
  for (const { said: step, passed } of all) {
    const [[kind, data], task] = step;
    // The number of a question is never given twice.
    if (kind === 'question.asked' && asked.has(task)) continue;
    if (kind === 'question.asked') asked.add(task);
    now += passed;
    const about = 'question' in data ? { question: `of ${task}` } : {};
    await log.append([{ kind, mission, data: { ...data, ...about }, ...(task === undefined ? {} : { task }) }]);
  }
  return mission;
}

const TABLES = ['mission', 'task', 'result', 'evidence', 'question', 'unsigned_word'];

describe('the tables that are made of the log', () => {
  it('are the same when all entries are folded at once', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        await play(all);
        const anew = openFolded(dir, [{ ...missionProjection, version: missionProjection.version + 1 }]);
        for (const table of TABLES) {
          const rows = `SELECT * FROM ${table} ORDER BY 1, 2`;
          expect(anew.db.all(rows)).toEqual(log.db.all(rows));
        }
        anew.close();
      }),
      { numRuns: 30 },
    );
  });
});

describe('how a mission stands by its entries', () => {
  it('is what the tables that are made of the log say', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const mission = await play(all);
        const course = new MissionCourse();
        for (const entry of log.entries({ mission })) course.add(entry);
        expect(standing(course)).toEqual(tables(mission));
        // SQLite rounds a millisecond away now and then.
        expect(Math.abs(wallIn(course) - wallIn(mission))).toBeLessThan(all.length + 2);
      }),
      { numRuns: 60 },
    );
  });

  it('goes on from any entry, and leaves what it began from as it was', () => {
    const entries = [said('mission.created', undefined, {}), said('task.started', 'a', {}), said('task.succeeded', 'a', {})];
    const whole = new MissionCourse();
    for (const entry of entries) whole.add(entry);
    const first = new MissionCourse();
    first.add(entries[0]!);
    const before = structuredClone({ mission: first.mission, tasks: first.tasks, asOf: first.asOf });
    const second = new MissionCourse(first);
    for (const entry of entries.slice(1)) second.add(entry);
    expect(second).toEqual(whole);
    expect(first).toMatchObject(before);
    expect(NOTHING_TOLD.tasks.size).toBe(0);
  });

  it('tells which tasks an entry changes, and no others', () => {
    const course = new MissionCourse();
    course.add(said('mission.created', undefined, {}));
    for (const task of TASKS) course.add(said('task.started', task, {}));
    course.add(said('task.succeeded', 'a', {}));
    const { mission } = course;
    expect([...course.add(said('agent.lifecycle', 'b', {})).tasks.keys()]).toEqual([]);
    expect(course.mission).toBe(mission);
    expect([...course.add(said('mission.interrupted', undefined, {})).tasks.keys()]).toEqual(['b', 'c']);
  });

  it('ends an attempt with what ends it: by itself, cancelled, or left lying', () => {
    const course = new MissionCourse();
    course.add(said('mission.created', undefined, {}));
    for (const task of TASKS) course.add(said('task.started', task, {}));
    course.add(said('task.failed', 'a', { reason: 'no', usage: { tokens: 3 } }));
    course.add(said('task.cancelled', 'b', {}));
    const killed = course.asOf;
    course.add(said('mission.resumed', undefined, {}));
    const last = (task: string): object | undefined => course.tasks.get(task)?.attempts.at(-1);
    expect(last('a')).toMatchObject({ outcome: 'failed', reason: 'no', usage: { tokens: 3, money: null } });
    expect(last('b')).toMatchObject({ outcome: 'interrupted', end: killed.time });
    expect(last('c')).toMatchObject({ outcome: 'interrupted', end: killed.time, endedAt: killed.at });
    expect(course.mission.runs.map(({ ended }) => ended)).toEqual(['lost', 'running']);
  });

  it('takes the time in which it waits for somebody for no time at work', () => {
    const course = new MissionCourse();
    const told = (kind: string, seconds: number): unknown =>
      course.add({ ...said(kind, undefined, {}), at: new Date(Date.UTC(2026, 4, 1) + seconds * 1_000).toISOString() });
    told('mission.created', 0);
    told('mission.waiting', 10);
    told('word.approve', 3_600);
    told('mission.resumed', 7_200);
    told('mission.finished', 7_205);
    const { wall, sessionAt, runs } = course.mission;
    expect(wall + (course.workedAt ?? 0) - (sessionAt ?? 0)).toBe(15_000);
    expect(runs).toEqual([
      { start: 0, end: 10_000, ended: 'waiting' },
      { start: 7_200_000, end: 7_205_000, ended: 'finished' },
    ]);
  });

  it('knows of no time that runs back', () => {
    const course = new MissionCourse();
    const at = ['10:00:00.000', '10:00:01.500', '09:00:00.000', 'nonsense', '10:00:02.000'];
    const times = at.map((each) => course.add({ ...said('task.merged', 'a', {}), at: `2026-05-01T${each}Z` }).asOf.time);
    expect(times).toEqual([0, 1500, 1500, 1500, 2000]);
  });
});

let serial = 0;
function said(kind: string, task: string | undefined, data: ToldEntry['data']): ToldEntry {
  const seq = serial++;
  return { seq, at: new Date(Date.UTC(2026, 4, 1) + seq * 10).toISOString(), kind, task, data };
}

interface Shown {
  mission: object;
  tasks: Record<string, object>;
  approvals: string[];
  questions: string[];
}

function standing({ mission, tasks }: MissionCourse): Shown {
  const { state, reason, priority, finishedAt, gate, spent } = mission;
  const shown = [...tasks].map(([id, task]): [string, object] => {
    const { approval, expires, attempts } = task;
    const [attempt, startedAt] = [attempts.at(-1)?.number, attempts.at(-1)?.startedAt];
    return [id, { state: task.state, reason: task.reason, approval, expires, attempt, startedAt, finishedAt: task.finishedAt }];
  });
  const asked = [...tasks].filter(([, task]) => task.state === 'waiting' && task.approval === 'asked');
  return {
    mission: {
      state,
      reason,
      priority,
      finishedAt,
      gate: gate.result,
      spent,
    },
    tasks: Object.fromEntries(shown),
    approvals: asked.map(([id]) => id).toSorted(),
    questions: mission.questions.map(({ id, task }) => `${id} ${task}`),
  };
}

function tables(id: string): Shown {
  const row = findMission(log.db, id);
  const { state, reason, priority, finished_at: finishedAt, gate, tokens, money, energy, attempts } = row;
  const shown = taskRows(log.db, id).map((task): [string, object] => {
    const { approval, approval_expires: expires, attempt, started_at: startedAt, finished_at: taskFinishedAt } = task;
    return [
      task.id,
      { state: task.state, reason: task.reason, approval, expires, attempt, startedAt, finishedAt: taskFinishedAt },
    ];
  });
  return {
    mission: {
      state,
      reason,
      priority,
      finishedAt,
      gate: gate ?? 'pending',
      spent: { tokens, money, energy, attempts },
    },
    tasks: Object.fromEntries(shown),
    approvals: openApprovals(log.db, id)
      .map((task) => task.id)
      .toSorted(),
    questions: openQuestions(log.db, id).map((question) => `${question.id} ${question.task}`),
  };
}

function wallIn(of: MissionCourse | string): number {
  if (of instanceof MissionCourse) return of.mission.wall + (of.workedAt ?? 0) - (of.mission.sessionAt ?? 0);
  const { wall, worked_at: last, session_at: session } = findMission(log.db, of);
  return wall + Date.parse(last) - Date.parse(session);
}
