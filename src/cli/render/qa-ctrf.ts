import type { QaRunView } from '../../runtime/app/judging/qa-view.ts';
import { reportedTests } from './qa-tests.ts';

/** Common Test Report Format: https://ctrf.io. Times are not kept, so they are zero. */
export function qaCtrf(view: QaRunView, version: string): object {
  const tests = reportedTests(view);
  const count = (status: string) => tests.filter((test) => test.status === status).length;
  return {
    reportFormat: 'CTRF',
    specVersion: '0.0.0',
    generatedBy: `spec-kit ${version}`,
    results: {
      tool: { name: 'spec-kit', version },
      summary: {
        tests: tests.length,
        passed: count('passed'),
        failed: count('failed'),
        skipped: count('skipped'),
        pending: 0,
        other: 0,
        start: 0,
        stop: 0,
      },
      tests: tests.map(({ path, name, status, flaky, finding }) => ({
        name,
        status,
        duration: 0,
        filePath: path,
        ...(flaky && { flaky }),
        ...(finding && { message: finding.message, ...(finding.line !== null && { line: finding.line }) }),
      })),
      environment: { extra: { tools: view.tools, coverage: view.coverage } },
    },
  };
}
