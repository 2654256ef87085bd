import { join } from 'node:path';

import { packageVersion, toolFolder } from '../dependencies.ts';
import type { Sandbox, TestRunner } from '../test-runner.ts';
import { prepareJest } from './jest-call.ts';
import { jestCoverage, jestFile, jestReport } from './jest-report.ts';
import type { JestEvent } from './jest-reporter.ts';
import { readRun } from './read-run.ts';
import { runReported } from './run-reported.ts';

/**
 * Runs tests by the Jest CLI with the product's own configuration. Tests always run in worker processes, never in Jest's own, so that a
 * test that exits or crashes cannot take the run with it, and cannot write the report: a run counts only if Jest ended by itself,
 * the report file was written by it, and both agree with the signed events of our reporter. What remains possible to a hostile test is to
 * lie about its own file; against that only tests help that the author of the code has not written. `folder`: that of the package `jest`, by
 * default ours.
 */
export function createJestRunner(folder = toolFolder('jest')): TestRunner {
  return {
    name: 'jest',
    tools: { jest: packageVersion(folder) },
    async run(run, sandbox) {
      const call = prepareJest(run, sandbox);
      const { result, reader } = await runReported<JestEvent>(
        {
          argv: [process.execPath, ...nodeArguments(sandbox), join(folder, 'bin', 'jest.js'), ...call.args],
          env: sandbox.env,
          key: call.key,
          timeoutMs: run.timeoutMs,
          stallMs: sandbox.limits.stallMs,
          readFile: (event) => jestFile(event, call),
        },
        sandbox,
      );
      const found = reader.events.flatMap((event) => (event.kind === 'finished' ? [jestFile(event, call)] : []));
      const { sources } = call;
      const reading = { tool: 'Jest', ends: [0, 1], files: run.files, sources, announces: true };
      const report = readRun(result, { reader, found }, { ...reading, report: jestReport(reader.events, call) });
      return report.complete ? { ...report, lines: jestCoverage(reader.events, call) } : report;
    },
  };
}

function nodeArguments({ limits }: Sandbox): string[] {
  return ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', `--max-old-space-size=${limits.memoryMb}`];
}
