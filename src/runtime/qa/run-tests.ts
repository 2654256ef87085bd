import type { Finding } from './report.ts';
import type { BrokenRun, FileState, Sandbox, TestFile, TestRun, TestRunner } from './test-runner.ts';

export interface TestOutcome {
  /** By path; every file of the run is in it. */
  files: Map<string, TestFile>;
  /** Lines that hold a statement, by source. */
  lines: Map<string, ReadonlySet<number>>;
  /** Lines reached by tests of which it is not known which. */
  covered: Map<string, ReadonlySet<number>>;
  /** What tools found that is no test. */
  findings: Finding[];
}

export function emptyOutcome(): TestOutcome {
  return { files: new Map(), lines: new Map(), covered: new Map(), findings: [] };
}

/**
 * Runs files together, and finds out who is to blame when a run breaks: files that were under way are run again alone, the others
 * together. So a file that hangs, kills or exits costs its neighbours time but never their verdict. All runs together keep to
 * `limits.testsMs`; what has not been judged by then counts as hung.
 */
export async function runTests(runner: TestRunner, run: Omit<TestRun, 'timeoutMs'>, sandbox: Sandbox): Promise<TestOutcome> {
  const outcome = emptyOutcome();
  const deadline = performance.now() + sandbox.limits.testsMs;
  const queue = run.files.length === 0 ? [] : [run.files];
  for (let files = queue.shift(); files !== undefined; files = queue.shift()) {
    const timeoutMs = deadline - performance.now();
    if (timeoutMs <= 0) {
      blame(outcome, files, { state: 'hung', message: 'The time for all tests was used up before this file had its turn.' });
      continue;
    }
    const report = await runner.run({ ...run, files, timeoutMs }, sandbox);
    if (report.complete) {
      for (const [path, lines] of report.lines) outcome.lines.set(path, lines);
      for (const [path, lines] of report.covered ?? [])
        outcome.covered.set(path, (outcome.covered.get(path) ?? new Set()).union(lines));
      outcome.findings.push(...(report.findings ?? []));
      queue.push(...accept(outcome, report.files, files.length === 1 || runner.whole === true));
    } else {
      queue.push(...isolate(outcome, files, report));
    }
  }
  return outcome;
}

/** Takes what a complete run found. Files that somebody outside killed may be victims of a neighbour; they get one more run, alone, unless this one is `final`. */
function accept(outcome: TestOutcome, files: readonly TestFile[], final: boolean): string[][] {
  const victims = !final ? files.filter(({ state }) => state === 'killed') : [];
  for (const file of files) if (!victims.includes(file)) outcome.files.set(file.path, file);
  return victims.map(({ path }) => [path]);
}

/** Blames whom it can be sure of and returns the runs that are to judge the rest. */
function isolate(outcome: TestOutcome, files: readonly string[], broken: BrokenRun): (readonly string[])[] {
  const suspects = files.filter((path) => broken.running.includes(path));
  if (files.length === 1 || broken.barren || broken.certain) {
    const culprits = broken.certain ? suspects : files;
    blame(outcome, culprits, broken);
    return runs([files.filter((path) => !culprits.includes(path))]);
  }
  if (suspects.length > 0) return runs([...suspects.map((path) => [path]), files.filter((path) => !suspects.includes(path))]);
  const half = Math.ceil(files.length / 2);
  return runs([files.slice(0, half), files.slice(half)]);
}

function runs(parts: (readonly string[])[]): (readonly string[])[] {
  return parts.filter(({ length }) => length > 0);
}

function blame(outcome: TestOutcome, paths: readonly string[], { state, message }: { state: FileState; message: string }): void {
  for (const path of paths) outcome.files.set(path, { path, state, cases: [], message, covered: new Map() });
}
