import { existsSync, readFileSync } from 'node:fs';

import type { ProcessResult } from '../workspace/process.ts';
import type { JestCall } from './jest-call.ts';
import type { JestCase, JestEvent } from './jest-events.ts';
import { placeOfFailure, portable } from './runners/stack.ts';
import type { SignedEventReader } from './signed-events.ts';
import type { BrokenRun, FileState, RunReport, TestCase, TestFile } from './test-runner.ts';

/** What a run of Jest was worth: read from how it ended, its report file and the events of our reporter, which must agree. */
export function readJestRun(result: ProcessResult, reader: SignedEventReader<JestEvent>, call: JestCall): RunReport {
  const files = reader.events.flatMap((event) => (event.kind === 'finished' ? [fileOf(event, call)] : []));
  const fault = faultOf(result, reader, call);
  if (fault !== undefined) return { ...fault, complete: false, ...suspects(reader.events, files, call) };
  const known = new Set(files.map(({ path }) => path));
  const unselected = call.files.filter((path) => !known.has(path));
  const message = "The product's own Jest configuration does not count this file as a test.";
  return {
    complete: true,
    files: [
      ...files,
      ...unselected.map((path): TestFile => ({ path, state: 'unselected', cases: [], message, covered: new Map() })),
    ],
    lines: readLines(reader.events, call),
  };
}

/** Why a run does not count, or undefined if it does. */
function faultOf(result: ProcessResult, reader: SignedEventReader<JestEvent>, { outputFile, root }: JestCall): Fault | undefined {
  const words = portable(result.stderr.slice(-2000).trim(), root);
  if (reader.tampered) return { state: 'forged', message: 'Something other than Jest wrote into its report.' };
  if (result.ended === 'signalled')
    return { state: 'killed', message: `Jest was killed by ${result.signal}, not by us. ${words}` };
  if (result.ended !== 'exited') return { state: 'hung', message: 'No result within the time limit.' };
  if (result.code === 0 || result.code === 1) return disagreement(result.code, reader, { report: readReport(outputFile), words });
  return { state: 'crashed', message: `Jest ended with ${result.code}. ${words}` };
}

function disagreement(
  code: 0 | 1,
  reader: SignedEventReader<JestEvent>,
  { report, words }: { report: JestReport | undefined; words: string },
): Fault | undefined {
  const last = reader.events.at(-1);
  if (report === undefined || last?.kind !== 'complete') {
    if (code === 1) return { state: 'crashed', message: `Jest ended without a report. ${words}` };
    return { state: 'unreported', message: `Jest ended as if all were well, but left no report. ${words}` };
  }
  const agrees =
    report.success === (code === 0) && report.numTotalTests === last.tests && report.numTotalTestSuites === last.files;
  if (agrees && report.wasInterrupted !== true) return undefined;
  return { state: 'unreported', message: "Jest's report does not fit the run." };
}

type Fault = Pick<BrokenRun, 'state' | 'message'>;

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

function suspects(
  events: readonly JestEvent[],
  files: readonly TestFile[],
  { sources }: JestCall,
): Pick<BrokenRun, 'running' | 'certain' | 'barren'> {
  const finished = new Set(files.map(({ path }) => path));
  const started = events.flatMap((event) => (event.kind === 'started' ? [sources.get(event.file) ?? event.file] : []));
  const running = started.filter((path) => !finished.has(path));
  // After a worker was lost, a file may wait for it forever without any fault of its own.
  const lost = files.some(({ state }) => state === 'crashed' || state === 'killed');
  return { running, certain: running.length === 1 && !lost, barren: started.length === 0 };
}

function fileOf(event: Extract<JestEvent, { kind: 'finished' }>, { sources, root }: JestCall): TestFile {
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
function readLines(events: readonly JestEvent[], { coverageFile, sources }: JestCall): Map<string, ReadonlySet<number>> {
  const unloaded = Object.entries(readCoverage(coverageFile)).map(([file, { statementMap }]) => {
    return [file, Object.values(statementMap).map(({ start }) => start.line)] as const;
  });
  const loaded = events.flatMap((event) => (event.kind === 'finished' ? Object.entries(event.lines) : []));
  return new Map([...unloaded, ...loaded].map(([file, lines]) => [sources.get(file) ?? file, new Set(lines)]));
}

function readCoverage(path: string): Record<string, { statementMap: Record<string, { start: { line: number } }> }> {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
}
