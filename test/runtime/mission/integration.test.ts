import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Attempt, AttemptResult } from '../../../src/runtime/mission/runner.ts';
import { taskRows } from '../../../src/runtime/mission/queries.ts';
import { changeDigest, type Tree } from '../../../src/runtime/vault/artifact.ts';
import { type ContentStore, openContentStore } from '../../../src/runtime/vault/content-store.ts';
import type { Need, Task } from '../../../src/spec/model.ts';
import { compareText } from '../../../src/base/text.ts';
import { digestOf } from '../../../src/base/digest.ts';
import { aTask } from './a-task.ts';
import { fastFolder } from './faults/fast-folder.ts';
import { type BenchOptions, type MissionBench, missionBench, missionBenchIn } from './mission-bench.ts';

const need = (task: string): Need => ({ task, kind: 'structural', because: 'it must' });
const work = (id: string, needs: string[] = []): Task =>
  aTask(id, { kind: 'work', ability: 'model', needs: needs.map(need), writes: [] });

let bench: MissionBench;
beforeEach(() => {
  bench = missionBench();
});
afterEach(() => {
  bench.remove();
});

const storeOf = (): ContentStore => openContentStore(bench.dir, { writer: false });

function textOf(tree: Tree | undefined, path: string): string | undefined {
  const file = tree?.find((each) => each.path === path);
  return file && Buffer.from(storeOf().get(file.digest)).toString();
}

/** Does to the files that it finds what `edit` says; undefined removes one. */
async function edits(attempt: Attempt, edit: Record<string, ((before: string) => string) | undefined>): Promise<AttemptResult> {
  const store = storeOf();
  const tree = attempt.tree();
  const files: Tree = await Promise.all(
    Object.entries(edit)
      .sort(([a], [b]) => compareText(a, b))
      .flatMap(([path, change]) => (change === undefined ? [] : [{ path, change }]))
      .map(async ({ path, change }) => {
        const before = tree.find((file) => file.path === path);
        const bytes = Buffer.from(change(before === undefined ? '' : Buffer.from(store.get(before.digest)).toString()));
        return { path, digest: await store.put(bytes), size: bytes.length, type: 'code' as const };
      }),
  );
  const removed = Object.entries(edit).flatMap(([path, change]) => (change === undefined ? [path] : []));
  const change = { files, removed };
  const output = digestOf({ left: changeDigest(change), below: Object.fromEntries(attempt.inputs) });
  return { outcome: 'succeeded', tree: files, removed, output, evidence: [] };
}

const LINES = Array.from({ length: 9 }, (_, at) => `line ${at}\n`).join('');
const setLine = (at: number, to: string) => (before: string) => before.replace(`line ${at}\n`, `${to}\n`);

/** Two tasks on one file that a first one wrote, and one that needs both. */
const JOIN = [work('a'), work('b', ['a']), work('c', ['a']), work('d', ['b', 'c'])];

function play(edit: Record<string, (attempt: Attempt) => Promise<AttemptResult> | AttemptResult>): void {
  for (const [id, does] of Object.entries(edit)) bench.script.set(id, does);
}

describe('what tasks change side by side', () => {
  it('is merged by its lines, and seen so by whoever needs both', async () => {
    let seen = '';
    play({
      a: (attempt) => edits(attempt, { 'x.ts': () => LINES }),
      b: (attempt) => edits(attempt, { 'x.ts': setLine(1, 'B') }),
      c: (attempt) => edits(attempt, { 'x.ts': setLine(7, 'C') }),
      d: (attempt) => {
        seen = textOf(attempt.tree(), 'x.ts') ?? '';
        expect(attempt.merged().map(({ sides }) => sides.map(({ task }) => task))).toEqual([['a', 'b', 'c']]);
        return edits(attempt, { 'x.ts': setLine(4, 'D') });
      },
    });
    const { mission, product } = await bench.apply(JOIN);
    expect(mission.state).toBe('succeeded');
    const merged = setLine(7, 'C')(setLine(1, 'B')(LINES));
    expect(seen).toBe(merged);
    expect(textOf(product, 'x.ts')).toBe(setLine(4, 'D')(merged));
    expect(bench.ran).toHaveLength(4);
    const kinds = bench.inLog((log) => [...log.entries({ mission: mission.id, kinds: ['task.merged'] })]);
    expect(kinds.map(({ task, data }) => [task, data['paths'], data['beside']])).toEqual([['c', ['x.ts'], ['b']]]);
  });

  it('in one place sends the later task back, with both sides, onto what the earlier one left', async () => {
    const told: (string | undefined)[] = [];
    play({
      a: (attempt) => edits(attempt, { 'x.ts': () => LINES }),
      b: (attempt) => edits(attempt, { 'x.ts': setLine(3, 'B') }),
      c: (attempt) => {
        told.push(attempt.feedback);
        return edits(attempt, { 'x.ts': (before) => before.replace(/line 3\n|B\n/, (line) => `${line.trim()} and C\n`) });
      },
    });
    const { mission, product } = await bench.apply(JOIN);
    expect(mission.state).toBe('succeeded');
    expect(textOf(product, 'x.ts')).toBe(setLine(3, 'B and C')(LINES));
    expect(bench.ran.filter((id) => id === 'c')).toHaveLength(2);
    expect(bench.ran.filter((id) => id === 'd')).toHaveLength(1);
    expect(told[1]).toContain('<<<<<<< what is there\nB\n||||||| before\nline 3\n=======\nline 3 and C\n>>>>>>> c');
    // What was found out is remembered: nothing runs again.
    bench.ran.splice(0);
    expect((await bench.apply(JOIN)).product).toEqual(product);
    expect(bench.ran).toEqual([]);
  });

  it('again and again in one place is for a person, and nothing of it is lost', async () => {
    play({
      a: (attempt) => edits(attempt, { 'x.ts': () => LINES }),
      b: (attempt) => edits(attempt, { 'x.ts': setLine(3, 'B') }),
      c: (attempt) => edits(attempt, { 'x.ts': () => LINES.replace('line 3', 'C') }),
    });
    const limited = { settings: { budget: { task: { attempts: 1 } } } };
    const { mission } = await bench.apply(JOIN, limited);
    expect(mission.state).toBe('failed');
    bench.inLog((log, store) => {
      const rows = new Map(taskRows(log.db, mission.id).map((row) => [row.id, row]));
      expect(rows.get('c')).toMatchObject({ state: 'failed', reason: 'It changed the same places as b: x.ts.', onto: '["b"]' });
      expect(rows.get('d')?.state).toBe('skipped');
      const [end] = [...log.entries({ mission: mission.id, kinds: ['task.succeeded'] })].filter(({ task }) => task === 'c');
      expect(Buffer.from(store.get(end?.data['tree'] as `sha256:${string}`)).toString()).toContain('x.ts');
      expect([...log.entries({ mission: mission.id, kinds: ['task.escalated'] })]).toHaveLength(1);
    });
  });

  it('is a conflict where one removes what the other changes; what only one removes is gone', async () => {
    let feedback: string | undefined;
    play({
      a: (attempt) => edits(attempt, { 'x.ts': () => LINES, 'y.ts': () => 'y', 'z.ts': () => 'z' }),
      b: (attempt) => edits(attempt, { 'x.ts': undefined, 'y.ts': undefined }),
      c: (attempt) => {
        feedback = attempt.feedback;
        const isThere = attempt.tree().some(({ path }) => path === 'x.ts');
        return edits(attempt, isThere ? { 'x.ts': setLine(3, 'C') } : { 'c.ts': () => 'C' });
      },
    });
    const { product } = await bench.apply(JOIN);
    expect(product?.map(({ path }) => path)).toEqual(['c.ts', 'd.txt', 'z.ts']);
    expect(feedback).toContain('x.ts:\nit was removed, and c changed it');
  });

  it('is looked at again where a check sends the earlier one back', async () => {
    let failed = false;
    const check = aTask('check', {
      kind: 'verification',
      ability: 'qa',
      needs: ['a', 'b', 'c'].map(need),
      fragment: { verifies: 'work' },
    });
    play({
      a: (attempt) => edits(attempt, { 'x.ts': () => LINES }),
      b: (attempt) =>
        edits(attempt, { 'x.ts': attempt.number === 1 ? setLine(1, 'B') : setLine(7, 'B'), 'b.ts': () => `${attempt.number}` }),
      c: (attempt) => edits(attempt, { 'x.ts': (before) => before.replace(/line 7\n|B\n$/, '').concat('C\n') }),
      check: (attempt) => {
        if (failed) return edits(attempt, {});
        failed = true;
        return { outcome: 'failed', reason: 'b is at fault', faulty: ['b.ts'], evidence: [] };
      },
    });
    const { mission, product } = await bench.apply([work('a'), work('b', ['a']), work('c', ['a']), check]);
    expect(mission.state).toBe('succeeded');
    expect(textOf(product, 'b.ts')).toBe('2');
    expect(textOf(product, 'x.ts')?.endsWith('C\n')).toBe(true);
  });
});

/** Edits of a task: lines of shared files, files of its own, and a file that it takes away. */
const anEdit = fc.record({ file: fc.nat(2), line: fc.nat(11), cut: fc.nat(1) });
const aGraph = fc.array(fc.record({ needs: fc.array(fc.nat(6), { maxLength: 2 }), edits: fc.array(anEdit, { maxLength: 3 }) }), {
  minLength: 3,
  maxLength: 7,
});

describe('the order in which tasks finish', () => {
  it('makes no difference to what comes out, nor does any line get lost that no other task touched', async () => {
    await fc.assert(
      fc.asyncProperty(aGraph, fc.array(fc.nat(9), { minLength: 7, maxLength: 7 }), async (graph, delays) => {
        const tasks = [
          work('base'),
          ...graph.map(({ needs }, at) =>
            work(`t${at}`, ['base', ...new Set(needs.filter((other) => other < at).map((other) => `t${other}`))]),
          ),
        ];
        const run = async (waits: readonly number[], jobs: number) => {
          bench.remove();
          bench = missionBenchIn(fastFolder());
          const path = (file: number) => `f${file}.txt`;
          play({
            base: (attempt) => edits(attempt, Object.fromEntries([0, 1, 2].map((file) => [path(file), () => lines(file)]))),
            ...Object.fromEntries(
              graph.map(({ edits: own }, at) => [
                `t${at}`,
                async (attempt: Attempt) => {
                  await new Promise((resolve) => setTimeout(resolve, waits[at] ?? 0));
                  const changes = Map.groupBy(own, ({ file }) => file);
                  const marked = (before: string, list: typeof own) =>
                    list.reduce((text, { line, cut }) => mark(text, { line, cut: cut === 1, by: `t${at}` }), before);
                  return edits(attempt, {
                    ...Object.fromEntries(
                      [...changes].map(([file, list]) => [path(file), (before: string) => marked(before, list)]),
                    ),
                    [`own${at}.txt`]: () => `${at}`,
                  });
                },
              ]),
            ),
          });
          const options: BenchOptions = { jobs, settings: { budget: { task: { attempts: 9 } } } };
          return (await bench.apply(tasks, options)).product;
        };
        const [first, second] = [
          await run(delays, 8),
          await run(
            delays.toReversed().map((delay) => 9 - delay),
            3,
          ),
        ];
        expect(first).toBeDefined();
        expect(second).toEqual(first);
        // Lines that nobody edited are there; so is the mark of every edit that no other one may have met.
        for (const file of [0, 1, 2]) {
          const text = textOf(second, `f${file}.txt`) ?? '';
          const touched = new Set(graph.flatMap((each) => each.edits.flatMap((edit) => (edit.file === file ? [edit.line] : []))));
          for (let line = 0; line < 12; line++) if (!touched.has(line)) expect(text).toContain(`${file}:${line}:`);
          for (const line of touched) {
            const by = graph.flatMap((each, at) =>
              each.edits.some((edit) => edit.file === file && edit.line === line) ? [at] : [],
            );
            if (by.length === 1) expect(text).toContain(`${line} by t${by[0]}`);
          }
        }
      }),
      { numRuns: Number(process.env['RUNS'] ?? 15), seed: 11 },
    );
  }, 300_000);
});

const lines = (file: number): string => Array.from({ length: 12 }, (_, line) => `${file}:${line}:\n`).join('');

/** Marks a line, or takes it out and leaves a mark of that. */
function mark(text: string, { line, cut, by }: { line: number; cut: boolean; by: string }): string {
  return text.replace(
    new RegExp(`^\\d+:${line}:.*\\n`, 'm'),
    (found) => (cut ? '' : found.replace(/\n$/, ' ')) + `${line} by ${by}\n`,
  );
}
