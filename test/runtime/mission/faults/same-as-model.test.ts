import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Log } from '../../../../src/runtime/log/log.ts';
import type { Loop } from '../../../../src/runtime/mission/loop.ts';
import { findMission, taskRows } from '../../../../src/runtime/mission/queries.ts';
import { wordSaid } from '../../../../src/runtime/mission/records.ts';
import type { Attempt, AttemptResult } from '../../../../src/runtime/mission/runner.ts';
import { openContentStore } from '../../../../src/runtime/vault/content-store.ts';
import type { Need, Task } from '../../../../src/spec/model.ts';
import { aTask } from '../a-task.ts';
import { leave, missionBenchIn } from '../mission-bench.ts';
import { fastFolder } from './fast-folder.ts';

interface Planned {
  needs: number[];
  /** How often it fails before it succeeds. */
  fails: number;
  model: boolean;
  /** What a person says of it; undefined where nobody is to be asked. */
  says: 'approve' | 'reject' | undefined;
  /** Whether a person wants no more of it, said before the mission is taken up. */
  cancelled: boolean;
}

const ATTEMPTS = 3;

const planned = (index: number): fc.Arbitrary<Planned> =>
  fc.record({
    needs: index === 0 ? fc.constant([]) : fc.uniqueArray(fc.nat(index - 1), { maxLength: 3 }),
    fails: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(ATTEMPTS) }),
    model: fc.boolean(),
    says: fc.oneof(
      { weight: 4, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constantFrom('approve' as const, 'reject' as const) },
    ),
    cancelled: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  });

const graphs = fc
  .integer({ min: 1, max: 9 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => planned(index))));

/** How each task must end, from what it is like alone. */
function model(tasks: readonly Planned[]): string[] {
  const ends: string[] = [];
  for (const { needs, fails, model: tries, says, cancelled } of tasks) {
    if (needs.some((need) => ends[need] !== 'succeeded')) ends.push('skipped');
    else if (cancelled) ends.push('cancelled');
    else ends.push(says !== 'reject' && fails < (tries ? ATTEMPTS : 1) ? 'succeeded' : 'failed');
  }
  return ends;
}

const attemptsOf = ({ fails, model: tries }: Planned): number => Math.min(fails + 1, tries ? ATTEMPTS : 1);

function tasksOf(tasks: readonly Planned[]): Task[] {
  return tasks.map(({ needs, model: tries }, index) =>
    aTask(`t${index}`, {
      ability: tries ? 'model' : 'contract-compiler',
      needs: needs.map((need): Need => ({ task: `t${need}`, kind: 'structural', because: 'it must' })),
    }),
  );
}

describe('journal, loop and log together', () => {
  it('settle each task as its model says, in the log too, however often they are stopped', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(graphs, fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 3 }), async (plan, drains) => {
        const dir = fastFolder();
        const bench = missionBenchIn(dir);
        const tasks = tasksOf(plan);
        const started = new Map<string, number>();
        for (const [index, { fails }] of plan.entries()) {
          bench.script.set(`t${index}`, (attempt: Attempt): AttemptResult | Promise<AttemptResult> => {
            const number = (started.get(attempt.task.id) ?? 0) + 1;
            started.set(attempt.task.id, number);
            if (number <= fails) return { outcome: 'failed', reason: `Not at ${number}.`, evidence: [] };
            return leave(attempt, openContentStore(dir));
          });
        }
        const says = async (
          kind: 'approve' | 'reject' | 'cancel',
          index: number,
          { log, loop }: { log: Log; loop: Loop },
        ): Promise<void> => {
          const mission = findMission(log.db, 'latest').id;
          const task = tasks[index];
          await log.append([wordSaid(kind, { mission, task }, { request: `${kind} ${index}`, by: 'somebody' })]);
          loop.steer({ type: kind === 'approve' ? 'approved' : 'refused', mission, task: index }, { asked: true });
        };
        const settings = { approvals: plan.flatMap((each, index) => (each.says === undefined ? [] : [{ task: `t${index}` }])) };
        let parts: { log: Log; loop: Loop } | undefined;
        const life = async (after: number | undefined): Promise<string> => {
          const drain = new AbortController();
          let changes = 0;
          try {
            const { mission } = await bench.apply(tasks, {
              settings,
              drain: drain.signal,
              onOpen: (opened) => void (parts = opened),
              onChange({ task, state }) {
                if (++changes === after) drain.abort();
                const index = tasks.findIndex(({ id }) => id === task.id);
                const word = plan[index]?.says;
                if (state === 'waiting' && word !== undefined && parts !== undefined) void says(word, index, parts);
              },
            });
            return mission.state;
          } catch {
            return 'stopped';
          }
        };
        // Created, and not yet begun.
        await bench.apply(tasks, { settings, drain: AbortSignal.abort() }).catch(() => undefined);
        await bench.inLog(async (log) => {
          const mission = findMission(log.db, 'latest').id;
          const words = plan.flatMap(({ cancelled }, index) =>
            cancelled
              ? [wordSaid('cancel', { mission, task: tasks[index] }, { request: `cancel ${index}`, by: 'somebody' })]
              : [],
          );
          await log.append(words);
        });
        let state = 'stopped';
        for (const after of drains) if (state === 'stopped' || state === 'waiting') state = await life(after);
        for (let lives = 0; (state === 'stopped' || state === 'waiting') && lives < 10; lives++) state = await life(undefined);
        const ends = model(plan);
        expect(state).toBe(ends.every((end) => end === 'succeeded') ? 'succeeded' : 'failed');
        bench.inLog((log) => {
          const rows = new Map(taskRows(log.db, findMission(log.db, 'latest').id).map((row) => [row.id, row.state]));
          expect(plan.map((_, index) => rows.get(`t${index}`))).toEqual(ends);
        });
        for (const [index, each] of plan.entries()) {
          const ran = ends[index] === 'succeeded' || (ends[index] === 'failed' && each.says !== 'reject');
          expect(started.get(`t${index}`) ?? 0, `attempts of t${index}`).toBe(ran ? attemptsOf(each) : 0);
        }
      }),
      { numRuns: 40, seed: 1 },
    );
  });
});
