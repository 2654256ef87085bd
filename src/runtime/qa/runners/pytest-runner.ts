import { randomUUID } from 'node:crypto';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';

import type { TestRunner } from '../test-runner.ts';
import { toolPath } from './machine.ts';
import { PYTEST_MAIN } from './pytest-main.ts';
import { runHarness } from './run-harness.ts';

/** What `PYTHON_PROBE` says. */
export interface AboutPython {
  python: string;
  version: string;
  pytest: string | null;
  userbase: string;
  /** Requirements that are not met: the document, and the name in it. */
  missing: [string, string][];
}

/**
 * Runs test files by the machine's pytest, each in a process of its own, with the project's settings if it has any. Hashes are not random, so
 * that the same product is judged the same way every time. Coverage is not measured.
 */
export function createPytestRunner(about: AboutPython & { pytest: string }, configured: boolean): TestRunner {
  return {
    name: 'pytest',
    tools: { pytest: about.pytest, python: about.version },
    run({ files, timeoutMs }, sandbox) {
      const folder = join(sandbox.scratch, randomUUID());
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const main = join(folder, 'main.py');
      writeFileSync(main, PYTEST_MAIN);
      const root = realpathSync(sandbox.product);
      const sources = new Map(files.map((path) => [join(root, path), path]));
      const settings = configured ? [] : ['-c', devNull];
      const options = ['-q', '--tb=short', '--color=no', '-p', 'no:cacheprovider', `--rootdir=${root}`, ...settings];
      const command = [about.python, main, ...options];
      const env = {
        PATH: toolPath(about.python),
        PYTHONUSERBASE: about.userbase,
        PYTHONDONTWRITEBYTECODE: '1',
        PYTHONHASHSEED: '0',
      };
      return runHarness({ sources, root, command, env, folder, timeoutMs }, sandbox);
    },
  };
}
