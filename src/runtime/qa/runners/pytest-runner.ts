import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';

import { startTool } from '../start-tool.ts';
import { readLcov } from '../reports/lcov.ts';
import type { CompleteRun, Sandbox, TestRunner } from '../test-runner.ts';
import { toolPath } from './machine.ts';
import { PYTEST_MAIN } from './pytest-main.ts';
import { runHarness } from './run-harness.ts';

/** What `PYTHON_PROBE` says. */
export interface AboutPython {
  python: string;
  version: string;
  pytest: string | null;
  /** Version of coverage.py, where it is there. */
  coverage: string | null;
  userbase: string;
  /** Requirements that are not met: the document, and the name in it. */
  missing: [string, string][];
}

/**
 * Runs test files by the machine's pytest, each in a process of its own, with the project's settings if it has any. Hashes are not random, so
 * that the same product is judged the same way every time. Coverage is measured where coverage.py is there, unless the project measures it itself.
 */
export function createPytestRunner(
  about: AboutPython & { pytest: string },
  { configured, measures }: { configured: boolean; measures: boolean },
): TestRunner {
  const measured = measures ? about.coverage : null;
  return {
    name: 'pytest',
    tools: { pytest: about.pytest, python: about.version, ...(measured !== null && { coverage: measured }) },
    async run({ files, sources: wanted, timeoutMs }, sandbox) {
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
        ...(measured !== null && { AGENTNEXUS_COVERAGE: join(folder, DATA) }),
      };
      const report = await runHarness({ sources, root, command, env, folder, timeoutMs }, sandbox);
      if (!report.complete || measured === null) return report;
      return { ...report, ...(await readCoverage({ about, folder, root, wanted }, sandbox)) };
    },
  };
}

const DATA = 'coverage.data';

interface Measured {
  about: AboutPython;
  folder: string;
  root: string;
  wanted: readonly string[];
}

/** Puts together what the processes of all files have measured, far from the product, so that nothing of it runs. None where that fails. */
async function readCoverage(
  { about, folder, root, wanted }: Measured,
  { env, limits }: Sandbox,
): Promise<Pick<CompleteRun, 'lines' | 'covered'>> {
  const place = join(folder, 'coverage');
  mkdirSync(place);
  const report = join(place, 'lcov.info');
  const own = { ...env, PATH: toolPath(about.python), PYTHONUSERBASE: about.userbase };
  const run = (...args: string[]) =>
    startTool([about.python, '-m', 'coverage', ...args, `--rcfile=${devNull}`, `--data-file=${join(folder, DATA)}`], {
      cwd: place,
      env: own,
      timeoutMs: limits.compileMs,
    });
  await run('combine', '--quiet', folder);
  await run('lcov', '--quiet', '--ignore-errors', '-o', report);
  try {
    const { lines, covered } = readLcov(readFileSync(report, 'utf8'), { root, known: new Set(wanted), name: 'pytest' });
    return { lines, covered };
  } catch {
    return { lines: new Map() };
  }
}
