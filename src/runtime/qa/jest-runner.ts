import { join } from 'node:path';

import { NexusError } from '../../base/errors.ts';
import { packageVersion, toolFolder } from './dependencies.ts';
import { type JestCall, prepareJest } from './jest-call.ts';
import type { JestEvent } from './jest-events.ts';
import { readJestRun } from './jest-report.ts';
import { runTool } from './run-tool.ts';
import { SignedEventReader } from './signed-events.ts';
import type { Sandbox, TestRunner } from './test-runner.ts';

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
      const reader = new SignedEventReader<JestEvent>(call.key);
      const result = await runTool(
        [process.execPath, ...nodeArguments(sandbox), join(folder, 'bin', 'jest.js'), ...call.args],
        {
          cwd: sandbox.product,
          env: sandbox.env,
          timeoutMs: run.timeoutMs,
          stallMs: sandbox.limits.stallMs,
          input: call.key,
          onChannel: (line) => progress(reader.read(line), call, sandbox),
          ...(sandbox.signal && { signal: sandbox.signal }),
        },
        sandbox,
      );
      if (result.ended === 'aborted') throw new NexusError('INTERRUPTED', 'Stopped while testing.');
      return readJestRun(result, reader, call);
    },
  };
}

function nodeArguments({ limits }: Sandbox): string[] {
  return ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', `--max-old-space-size=${limits.memoryMb}`];
}

function progress(event: JestEvent | undefined, { sources }: JestCall, { onLine }: Sandbox): void {
  if (onLine === undefined || event?.kind !== 'finished') return;
  const failed = event.error !== undefined || event.cases.some(({ status }) => status === 'failed');
  onLine(`${failed ? 'FAIL' : 'PASS'} ${sources.get(event.file) ?? event.file}`);
}
