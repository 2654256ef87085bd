import { SEND_SIGNED } from '../signed-events.ts';

/** What our reporter tells while Vitest runs. Paths are absolute. */
export type VitestEvent =
  | { kind: 'started'; file: string }
  | { kind: 'alive' }
  | { kind: 'finished'; file: string; errors: string[]; cases: VitestCase[] }
  /** `errors`: those of no single test, a worker that was lost for one. */
  | { kind: 'complete'; errors: string[] };

export interface VitestCase {
  name: string;
  /** `passed`, `failed`, `skipped`, `pending`. */
  state: string;
  line?: number;
  /** Passed after a failure, by the project's own retries. */
  flaky: boolean;
  message?: string;
}

/** Loaded by Vitest's main process; tests run in workers of their own. Signed as the events of Jest are, and for the same reason. */
export const VITEST_REPORTER = `
import { createHmac } from 'node:crypto';
import { readFileSync, writeSync } from 'node:fs';

const key = readFileSync(0, 'utf8');
${SEND_SIGNED}
function textOf(error) {
  return String(error.stack ?? error.message ?? error).slice(0, 4000);
}

function testCase(test) {
  const { state, errors } = test.result();
  const message = errors?.length > 0 && state === 'failed' ? errors.map(textOf).join('\\n').slice(0, 4000) : undefined;
  return { name: test.fullName, state, line: test.location?.line, flaky: test.diagnostic()?.flaky === true, message };
}

export default class {
  onTestModuleStart({ moduleId }) {
    send({ kind: 'started', file: moduleId });
  }
  onTestCaseResult() {
    send({ kind: 'alive' });
  }
  onTestModuleEnd(module) {
    const cases = [...module.children.allTests()].map(testCase);
    const suites = [...module.children.allSuites()].flatMap((suite) => suite.errors());
    send({ kind: 'finished', file: module.moduleId, errors: [...module.errors(), ...suites].map(textOf), cases });
  }
  onTestRunEnd(modules, errors) {
    send({ kind: 'complete', errors: errors.map(textOf) });
  }
}
`;
