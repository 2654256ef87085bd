import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { packageVersion } from '../dependencies.ts';
import { readIstanbul } from '../reports/istanbul.ts';
import type { CompleteRun, Sandbox, TestCase, TestFile, TestRun, TestRunner } from '../test-runner.ts';
import { readRun } from './read-run.ts';
import { runReported } from './run-reported.ts';
import { placeOfFailure, portable } from './stack.ts';
import { VITEST_REPORTER, type VitestCase, type VitestEvent } from './vitest-reporter.ts';

/**
 * Runs tests by the Vitest CLI with the product's own configuration, always in processes of their own, never in Vitest's. `folder`: that of the
 * package `vitest`. Coverage is measured where `@vitest/coverage-v8` lies beside it.
 */
export function createVitestRunner(folder: string): TestRunner {
  return {
    name: 'vitest',
    tools: { vitest: packageVersion(folder), node: process.versions.node },
    async run(run, sandbox) {
      const call = prepare(run, sandbox, existsSync(join(dirname(folder), '@vitest', 'coverage-v8', 'package.json')));
      const { result, reader } = await runReported<VitestEvent>(
        {
          argv: [process.execPath, join(folder, 'vitest.mjs'), ...call.args],
          env: { ...sandbox.env, NODE_OPTIONS: `--max-old-space-size=${sandbox.limits.memoryMb}` },
          key: call.key,
          timeoutMs: run.timeoutMs,
          stallMs: sandbox.limits.stallMs,
          readFile: (event) => fileOf(event, call),
        },
        sandbox,
      );
      const reading = { tool: 'Vitest', ends: [0, 1], files: run.files, sources: call.sources };
      const report = readRun(result, { reader, found: filesOf(reader.events, call) }, reading);
      return report.complete ? { ...report, ...coverageOf(call, run) } : report;
    },
  };
}

interface VitestCall {
  args: string[];
  key: string;
  /** Path in the project by real path. */
  sources: ReadonlyMap<string, string>;
  root: string;
  /** Folder that coverage is written to. */
  coverage: string;
}

function prepare({ files, sources: wanted }: TestRun, { product, scratch, jobs }: Sandbox, measures: boolean): VitestCall {
  const folder = join(scratch, randomUUID());
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const reporter = join(folder, 'reporter.mjs');
  writeFileSync(reporter, VITEST_REPORTER);
  const root = realpathSync(product);
  const sources = new Map(files.map((path) => [join(root, path), path]));
  const fixed = ['--pool=forks', '--includeTaskLocation', '--passWithNoTests', '--no-cache', '--bail=0'];
  const coverage = join(folder, 'coverage');
  const measured = measures && wanted.length > 0 ? coverageFlags(wanted, coverage) : [];
  return {
    args: ['run', `--reporter=${reporter}`, `--maxWorkers=${jobs}`, ...fixed, ...measured, ...sources.keys()],
    coverage,
    key: randomBytes(32).toString('hex'),
    sources,
    root,
  };
}

/** Sources that no test loads count too. What the project asks of coverage is not for this run to judge. */
function coverageFlags(wanted: readonly string[], folder: string): string[] {
  const include = wanted.map((path) => `--coverage.include=${path.replace(/[[\]{}()!*?]/g, '?')}`);
  const place = ['--coverage.reporter=json', `--coverage.reportsDirectory=${folder}`];
  return ['--coverage.enabled', '--coverage.provider=v8', ...place, '--coverage.reportOnFailure', ...include];
}

/** None where it was not measured, or cannot be read. */
function coverageOf({ coverage, root }: VitestCall, { sources }: TestRun): Pick<CompleteRun, 'lines' | 'covered'> {
  const path = join(coverage, 'coverage-final.json');
  try {
    return readIstanbul(readFileSync(path, 'utf8'), { root, known: new Set(sources), name: 'vitest' });
  } catch {
    return { lines: new Map() };
  }
}

/** A file that was begun and not ended when all else was over has lost its worker, by its own doing or a neighbour's. */
function filesOf(events: readonly VitestEvent[], call: VitestCall): TestFile[] {
  const files = events.flatMap((event) => (event.kind === 'finished' ? [fileOf(event, call)] : []));
  const last = events.at(-1);
  if (last?.kind !== 'complete') return files;
  const ended = new Set(files.map(({ path }) => path));
  const lost = events.flatMap((event) => (event.kind === 'started' ? [call.sources.get(event.file) ?? event.file] : []));
  const words = portable(last.errors.join('\n'), call.root);
  const message = `The test process ended before its tests had. ${words}`.trim();
  const killed = lost.filter((path) => !ended.has(path));
  if (killed.length === 0 && last.errors.length > 0) return unhandled(files, words);
  return [...files, ...killed.map((path): TestFile => ({ path, state: 'killed', cases: [], message, covered: new Map() }))];
}

/** An error that no test caught is laid to the files that it names, or else to all of them: one of them left it behind. */
function unhandled(files: readonly TestFile[], message: string): TestFile[] {
  const named = files.filter(({ path }) => message.includes(path));
  const guilty = named.length > 0 ? named : files;
  return files.map((file) =>
    guilty.includes(file) ? { ...file, cases: [...file.cases, strayError(message, file.path)] } : file,
  );
}

function strayError(message: string, path: string): TestCase {
  return { name: 'an error that no test caught', status: 'failed', message, ...placeOfFailure(message, path) };
}

function fileOf({ file, errors, cases }: Extract<VitestEvent, { kind: 'finished' }>, { sources, root }: VitestCall): TestFile {
  const path = sources.get(file) ?? portable(file, root);
  const flaky = cases.filter((each) => each.flaky).map(({ name }) => name);
  const found = { path, covered: new Map<string, ReadonlySet<number>>(), ...(flaky.length > 0 && { flaky }) };
  if (errors.length === 0) return { ...found, state: 'ran', cases: cases.map((each) => caseOf(each, path, root)) };
  const message = portable(errors.join('\n'), root);
  // Vitest tells these apart only by its words.
  const state = /No test (?:suite )?found in (?:file|suite)/.test(message) ? 'empty' : 'unloadable';
  return { ...found, state, cases: [], message, ...placeOfFailure(message, path) };
}

function caseOf({ name, state, line, message }: VitestCase, path: string, root: string): TestCase {
  const status = state === 'passed' || state === 'failed' ? state : 'skipped';
  const at = line === undefined ? {} : { line };
  if (message === undefined) return { name, status, ...at };
  const text = portable(message, root);
  return { name, status, message: text, ...at, ...placeOfFailure(text, path) };
}
