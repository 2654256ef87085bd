import type { TestOutcome } from './run-tests.ts';
import type { Sandbox, TestFile, TestRun, TestRunner } from './test-runner.ts';

/** Files that are run again, at most. With more failures than these, flaky tests are not what is wrong. */
const MAX_REPEATED = 10;

/**
 * Runs each file with a failed test once more, alone. If all of it passes then, it counts as passed, and the tests that failed at first are
 * named as flaky: that is shown and recorded, never hidden. A file that crashed, hung or was killed gets no second chance.
 */
export async function repeatFailures(
  outcome: TestOutcome,
  { runner, run, deadline }: { runner: TestRunner; run: Omit<TestRun, 'timeoutMs'>; deadline: number },
  sandbox: Sandbox,
): Promise<void> {
  if (runner.whole === true) return;
  const failed = [...outcome.files.values()].filter((file) => failures(file).length > 0);
  if (failed.length > MAX_REPEATED) return;
  for (const file of failed) {
    const timeoutMs = deadline - performance.now();
    if (timeoutMs <= 0) return;
    const report = await runner.run({ ...run, files: [file.path], timeoutMs }, sandbox);
    const again = report.complete ? report.files.find(({ path }) => path === file.path) : undefined;
    if (again === undefined || !confirms(again, file)) continue;
    outcome.files.set(file.path, { ...again, flaky: failures(file) });
  }
}

function failures({ state, cases }: TestFile): string[] {
  return state === 'ran' ? cases.filter(({ status }) => status === 'failed').map(({ name }) => name) : [];
}

/** Whether a second run takes back the failures of the first: it ran the same tests, and none failed. */
function confirms(again: TestFile, first: TestFile): boolean {
  if (again.state !== 'ran' || failures(again).length > 0) return false;
  const passed = new Set(again.cases.filter(({ status }) => status === 'passed').map(({ name }) => name));
  return first.cases.every(({ name, status }) => status === 'skipped' || passed.has(name));
}
