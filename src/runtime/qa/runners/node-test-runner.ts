import { randomUUID } from 'node:crypto';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { runningPath } from '../layout.ts';
import type { TestRunner } from '../test-runner.ts';
import { NODE_REPORTER } from './node-reporter.ts';
import { runHarness, withCoverage } from './run-harness.ts';
import { readCoverage } from './v8-coverage.ts';

/**
 * Runs test files of `node:test`, each in a process of its own, TypeScript by node's own type stripping. A file counts if its process ended by
 * itself, after the summary of its tests and with an exit code that fits. `flags`: node's own, from the product's test script.
 */
export function createNodeTestRunner(flags: readonly string[] = []): TestRunner {
  return {
    name: 'node:test',
    tools: { node: process.versions.node },
    async run({ files, sources: wanted, layouts, timeoutMs }, sandbox) {
      const folder = join(sandbox.scratch, randomUUID());
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const root = realpathSync(sandbox.product);
      const sources = new Map(files.map((source) => [runningPath(root, source, layouts), source]));
      const command = commandOf(join(folder, 'reporter.mjs'), [...flags, `--max-old-space-size=${sandbox.limits.memoryMb}`]);
      const env = { NODE_V8_COVERAGE: join(folder, 'coverage', '%') };
      const report = await runHarness({ sources, root, command, env, folder, timeoutMs }, sandbox);
      return withCoverage(report, readCoverage(join(folder, 'coverage'), { root, wanted }));
    },
  };
}

function commandOf(reporter: string, flags: readonly string[]): string[] {
  writeFileSync(reporter, NODE_REPORTER);
  const reporting = [
    `--import=${pathToFileURL(reporter).href}`,
    `--test-reporter=${reporter}`,
    '--test-reporter-destination=stdout',
  ];
  return [process.execPath, ...flags, '--disable-warning=ExperimentalWarning', ...reporting];
}
