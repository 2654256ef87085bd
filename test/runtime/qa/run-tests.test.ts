import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { DEFAULT_LIMITS } from '../../../src/runtime/qa/engine.ts';
import { runTests } from '../../../src/runtime/qa/run-tests.ts';
import type { RunReport, Sandbox, TestFile, TestRunner } from '../../../src/runtime/qa/test-runner.ts';

type Nature = 'good' | 'hangs' | 'kills';

/** A runner of two workers whose files behave as they are told: one that hangs holds a worker, one that kills ends the run at once. */
function scriptedRunner(natures: ReadonlyMap<string, Nature>): TestRunner & { runs: string[][] } {
  const runs: string[][] = [];
  return {
    name: 'scripted',
    tools: {},
    runs,
    async run({ files }): Promise<RunReport> {
      runs.push([...files]);
      const held: string[] = [];
      for (const path of files) {
        if (natures.get(path) === 'kills') return broken('killed', [...held, path]);
        if (natures.get(path) === 'hangs') held.push(path);
        if (held.length === 2) break;
      }
      return held.length > 0 ? broken('hung', held) : { complete: true, files: files.map(good), lines: new Map() };
    },
  };
}

function broken(state: 'hung' | 'killed', running: string[]): RunReport {
  return { complete: false, state, message: state, running, certain: running.length === 1, barren: false };
}

function good(path: string): TestFile {
  return { path, state: 'ran', cases: [{ name: path, status: 'passed' }], covered: new Map() };
}

function sandbox(testsMs = DEFAULT_LIMITS.testsMs): Sandbox {
  return { product: '', scratch: '', env: {}, jobs: 2, limits: { ...DEFAULT_LIMITS, testsMs } };
}

const STATES = { good: 'ran', hangs: 'hung', kills: 'killed' } as const;
const batches = fc.array(fc.constantFrom<Nature>('good', 'good', 'good', 'hangs', 'kills'), { maxLength: 40 });

describe('runTests', () => {
  it('gives each file the judgement it would get alone', async () => {
    await fc.assert(
      fc.asyncProperty(batches, async (kinds) => {
        const natures = new Map(kinds.map((nature, index) => [`${index}`, nature]));
        const runner = scriptedRunner(natures);
        const { files } = await runTests(
          runner,
          { files: [...natures.keys()], sources: [], layouts: [], config: undefined },
          sandbox(),
        );
        const expected = [...natures].map(([path, nature]) => `${path} ${STATES[nature]}`);
        expect([...files.values()].map(({ path, state }) => `${path} ${state}`).sort()).toEqual(expected.sort());
        const bad = kinds.filter((nature) => nature !== 'good').length;
        expect(runner.runs.length).toBeLessThanOrEqual(1 + 3 * bad);
      }),
    );
  });

  it('needs one run for a good batch, and one more for one bad file', async () => {
    const natures = new Map<string, Nature>([
      ['a', 'good'],
      ['b', 'hangs'],
      ['c', 'good'],
    ]);
    const runner = scriptedRunner(natures);
    await runTests(runner, { files: ['a', 'b', 'c'], sources: [], layouts: [], config: undefined }, sandbox());
    expect(runner.runs).toEqual([
      ['a', 'b', 'c'],
      ['a', 'c'],
    ]);
  });

  it('blames all files, in one run, when none was even started', async () => {
    let runs = 0;
    const runner: TestRunner = {
      name: 'misconfigured',
      tools: {},
      async run() {
        runs++;
        return { complete: false, state: 'crashed', message: 'bad configuration', running: [], certain: false, barren: true };
      },
    };
    const { files } = await runTests(runner, { files: ['a', 'b', 'c'], sources: [], layouts: [], config: undefined }, sandbox());
    expect([[...files.values()].map(({ state }) => state), runs]).toEqual([['crashed', 'crashed', 'crashed'], 1]);
  });

  it('gives a victim of the system another run, alone', async () => {
    let first = true;
    const runner: TestRunner = {
      name: 'short of memory',
      tools: {},
      async run({ files }) {
        const victim = first ? 'b' : '';
        first = false;
        return {
          complete: true,
          lines: new Map(),
          files: files.map((path) => (path === victim ? { ...good(path), state: 'killed', cases: [] } : good(path))),
        };
      },
    };
    const { files } = await runTests(runner, { files: ['a', 'b'], sources: [], layouts: [], config: undefined }, sandbox());
    expect([...files.values()].map(({ path, state }) => `${path} ${state}`)).toEqual(['a ran', 'b ran']);
  });

  it('judges nothing after its time', async () => {
    const runner = scriptedRunner(new Map());
    const { files } = await runTests(runner, { files: ['a'], sources: [], layouts: [], config: undefined }, sandbox(0));
    expect([files.get('a')?.state, runner.runs]).toEqual(['hung', []]);
  });
});
