import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { NexusError } from '../../../base/errors.ts';
import type { ProcessResult } from '../../workspace/process.ts';
import { runTool } from '../run-tool.ts';
import type { Finding } from '../report.ts';
import { type RunReport, type Sandbox, SILENT_PATIENCE, type TestRunner } from '../test-runner.ts';
import { type Binary, type BinaryRun, readBinaries, readBuild } from './cargo-report.ts';
import { toolPath } from './machine.ts';
import { type CoverageTools, rustCoverage } from './rust-coverage.ts';
import { portable } from './stack.ts';

/** What a machine has of it. */
export interface AboutRust {
  cargo: string;
  version: string;
  /** Packages that were fetched before. */
  registry: string;
  coverage: CoverageTools | { lacking: string };
}

/**
 * Builds the tests with Cargo, offline, and starts each test binary itself: its list of tests is asked for first, and each of them must have its end in
 * the output, which must have its last line and fit the exit code. `texts`: the files that hold tests.
 */
export function createCargoRunner(about: AboutRust, texts: ReadonlyMap<string, string>): TestRunner {
  return {
    name: 'cargo',
    tools: { cargo: about.version },
    whole: true,
    async run({ timeoutMs, sources }, sandbox) {
      const deadline = performance.now() + timeoutMs;
      const root = realpathSync(sandbox.product);
      const own = join(sandbox.scratch, randomUUID());
      const coverage = rustCoverage(own, about.coverage);
      const env = { ...environment(about, { env: sandbox.env, folder: own }), ...coverage.env };
      const build = await start([about.cargo, 'test', '--offline', '--no-run', '--workspace', '--message-format=json'], {
        sandbox,
        env,
        timeoutMs: Math.min(timeoutMs, sandbox.limits.compileMs),
      });
      const { binaries, findings } = readBuild(build, root);
      if (findings.length > 0) return unbuilt(findings);
      const runs = await runBinaries(binaries, { sandbox, env, deadline, root });
      const timeLeft = Math.max(1, deadline - performance.now());
      const measured = await coverage.read(
        binaries.map(({ executable }) => executable),
        { start: (argv) => start(argv, { sandbox, env, timeoutMs: timeLeft, outputLimit: LCOV_LIMIT }), root, sources },
      );
      return { complete: true, files: readBinaries(runs, { texts, all: runs.length === binaries.length }), ...measured };
    },
  };
}

/** Starts each, after asking it for its tests, while there is time. */
async function runBinaries(
  binaries: readonly Binary[],
  { sandbox, env, deadline, root }: { sandbox: Sandbox; env: Record<string, string>; deadline: number; root: string },
): Promise<BinaryRun[]> {
  const runs: BinaryRun[] = [];
  for (const { executable, source, folder } of binaries) {
    const limitMs = Math.min(deadline - performance.now(), SILENT_PATIENCE * sandbox.limits.stallMs);
    if (limitMs <= 0) break;
    // Cargo starts tests in the folder of their package.
    const options = { sandbox: { whole: sandbox.product, ...sandbox, product: folder }, env, timeoutMs: limitMs };
    const list = await start([executable, '--list', '--format=terse'], options);
    const result = await start([executable, '--format=pretty', `--test-threads=${sandbox.jobs}`], options);
    runs.push({ source, list: list.stdout, result: { ...result, stdout: portable(result.stdout, root) } });
  }
  return runs;
}

/** Characters of LCOV that are read. */
const LCOV_LIMIT = 256 * 1024 * 1024;

function environment(about: AboutRust, { env, folder }: Pick<Sandbox, 'env'> & { folder: string }): Record<string, string> {
  const home = join(folder, 'cargo');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  if (existsSync(about.registry)) symlinkSync(about.registry, join(home, 'registry'), 'junction');
  return {
    ...env,
    PATH: toolPath(about.cargo),
    CARGO_HOME: home,
    CARGO_TARGET_DIR: join(folder, 'target'),
    CARGO_TERM_COLOR: 'never',
    RUST_BACKTRACE: '1',
  };
}

async function start(
  argv: [string, ...string[]],
  {
    sandbox,
    env,
    timeoutMs,
    outputLimit = 8 * 1024 * 1024,
  }: { sandbox: Sandbox; env: Record<string, string>; timeoutMs: number; outputLimit?: number },
): Promise<ProcessResult> {
  const { product, signal } = sandbox;
  const result = await runTool(
    argv,
    {
      cwd: product,
      env,
      timeoutMs,
      outputLimit,
      ...(signal && { signal }),
    },
    sandbox,
  );
  if (result.ended === 'aborted') throw new NexusError('INTERRUPTED', 'Stopped while testing.');
  return result;
}

/** Nothing was run: the findings alone say why. */
function unbuilt(findings: readonly Finding[]): RunReport {
  return { complete: true, files: [], lines: new Map(), findings };
}
