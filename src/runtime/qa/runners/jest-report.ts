import { existsSync, readFileSync } from 'node:fs';

import type { FileState, TestCase, TestFile } from '../test-runner.ts';
import type { JestCall } from './jest-call.ts';
import type { JestCase, JestEvent } from './jest-reporter.ts';
import type { RunReading } from './read-run.ts';
import { placeOfFailure, portable } from './stack.ts';

/** Whether Jest's report file is there, and fits how it ended and what our reporter has told. */
export function jestReport(events: readonly JestEvent[], { outputFile }: JestCall): NonNullable<RunReading['report']> {
  return (code) => {
    const report = readReport(outputFile);
    const last = events.at(-1);
    if (report === undefined || last?.kind !== 'complete') return 'missing';
    const agrees =
      report.success === (code === 0) && report.numTotalTests === last.tests && report.numTotalTestSuites === last.files;
    return agrees && report.wasInterrupted !== true ? 'fits' : 'unfit';
  };
}

interface JestReport {
  success?: unknown;
  numTotalTests?: unknown;
  numTotalTestSuites?: unknown;
  wasInterrupted?: unknown;
}

function readReport(path: string): JestReport | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as JestReport;
  } catch {
    return undefined;
  }
}

/** What became of a file. */
export function jestFile(event: Extract<JestEvent, { kind: 'finished' }>, { sources, root }: JestCall): TestFile {
  const path = sources.get(event.file) ?? event.file;
  const covered = new Map(Object.entries(event.covered).map(([file, lines]) => [sources.get(file) ?? file, new Set(lines)]));
  if (event.error === undefined)
    return { path, state: 'ran', cases: event.cases.map((each) => caseOf(each, path, root)), covered };
  const message = portable(event.error, root).replace(/^\s*● Test suite failed to run\s*/, '');
  const { related } = placeOfFailure(message, path);
  return { path, state: stateOf(event.error), cases: [], message, related, covered };
}

/** Jest tells these apart only by its words. */
function stateOf(error: string): FileState {
  if (/jest worker process .* was terminated by another process/.test(error)) return 'killed';
  if (/Your test suite must contain at least one test/.test(error)) return 'empty';
  return /jest worker/i.test(error) ? 'crashed' : 'unloadable';
}

function caseOf({ fullName, status, line, message }: JestCase, path: string, root: string): TestCase {
  // Jest maps stack traces back to the sources.
  const text = message === undefined ? undefined : portable(message, root);
  const { line: place, related = [] } = text === undefined ? {} : placeOfFailure(text, path);
  return {
    name: fullName,
    status: status === 'passed' || status === 'failed' ? status : 'skipped',
    ...((place ?? line) !== undefined && { line: place ?? line }),
    ...(text !== undefined && { message: text, related }),
  };
}

/** Lines that hold a statement, by source. The sources that no test loaded are only in Jest's coverage file. */
export function jestCoverage(
  events: readonly JestEvent[],
  { coverageFile, sources }: JestCall,
): Map<string, ReadonlySet<number>> {
  const unloaded = Object.entries(readCoverage(coverageFile)).map(([file, { statementMap }]) => {
    return [file, Object.values(statementMap).map(({ start }) => start.line)] as const;
  });
  const loaded = events.flatMap((event) => (event.kind === 'finished' ? Object.entries(event.lines) : []));
  return new Map([...unloaded, ...loaded].map(([file, lines]) => [sources.get(file) ?? file, new Set(lines)]));
}

function readCoverage(path: string): Record<string, { statementMap: Record<string, { start: { line: number } }> }> {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
}
