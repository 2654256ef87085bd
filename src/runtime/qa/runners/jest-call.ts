import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

import { runningPath } from '../layout.ts';
import type { Sandbox, TestRun } from '../test-runner.ts';
import { JEST_REPORTER } from './jest-reporter.ts';

/** Jest hands it to tests: whoever draws values by it judges the same product the same way, every time. */
const SEED = 1;

/** One call of Jest: where it leaves what, and which source stands behind which file that runs. */
export interface JestCall {
  args: string[];
  key: string;
  outputFile: string;
  coverageFile: string;
  /** Source path by real path of the file that runs. */
  sources: ReadonlyMap<string, string>;
  files: readonly string[];
  /** Real path of the product. */
  root: string;
}

export function prepareJest(run: TestRun, { product, scratch, jobs, limits }: Sandbox): JestCall {
  // A name that no test can guess, outside of the product.
  const folder = join(scratch, randomUUID());
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const reporter = join(folder, 'reporter.cjs');
  writeFileSync(reporter, JEST_REPORTER);
  const root = realpathSync(product);
  const running = (source: string) => runningPath(root, source, run.layouts);
  const outputFile = join(folder, 'report.json');
  const args = [
    '--json',
    `--outputFile=${outputFile}`,
    '--testLocationInResults',
    `--reporters=${reporter}`,
    '--ci',
    `--seed=${SEED}`,
    '--silent',
    '--passWithNoTests',
    '--no-watchman',
    `--cacheDirectory=${join(scratch, 'jest-cache')}`,
    `--maxWorkers=${jobs}`,
    // Makes Jest use workers even for a single file; they grow by some MiB with each, and are replaced at half of what they may have.
    `--workerIdleMemoryLimit=${Math.ceil(limits.memoryMb / 2)}MB`,
    '--coverage',
    '--coverageProvider=babel',
    '--coverageReporters=json',
    '--coverageThreshold={}',
    `--coverageDirectory=${folder}`,
    ...run.sources.map((source) => `--collectCoverageFrom=${globOf(posixRelative(root, running(source)))}`),
    ...(run.config === undefined ? [] : [`--config=${run.config}`]),
    '--runTestsByPath',
    ...run.files.map(running),
  ];
  // Coverage that Jest maps back through source maps speaks of the sources themselves.
  const sources = new Map(
    [...run.files, ...run.sources].flatMap((source) => [join(root, source), running(source)].map((path) => [path, source])),
  );
  const coverageFile = join(folder, 'coverage-final.json');
  return { args, key: randomBytes(32).toString('hex'), outputFile, coverageFile, sources, files: run.files, root };
}

function posixRelative(root: string, path: string): string {
  return relative(root, path).split(sep).join('/');
}

function globOf(path: string): string {
  return path.replace(/[\\*?[\]{}()!+@]/g, '\\$&');
}
