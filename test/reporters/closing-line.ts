import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Names what was skipped and why, and what passed only when run again; ends with one plain line that any machine can read. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const skipped = tests.filter((test) => test.result().state === 'skipped');
    for (const test of skipped) process.stdout.write(`skipped: ${test.fullName}: ${reason(test)}\n`);
    const flaky = tests.filter((test) => test.diagnostic()?.flaky === true);
    for (const test of flaky) process.stdout.write(`flaky: ${test.fullName}: failed, and passed when run again\n`);

    const passed = tests.filter((test) => test.result().state === 'passed').length;
    const failed = tests.length - passed - skipped.length + modules.filter(isBroken).length + unhandledErrors.length;
    process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped.length} skipped\n`);
  }
}

function reason(test: TestCase): string {
  const result = test.result();
  return (result.state === 'skipped' ? result.note : undefined) ?? 'its own condition (skipIf)';
}

/** A file that could not be loaded has no test to fail. */
function isBroken(module: TestModule): boolean {
  return module.errors().length > 0;
}
