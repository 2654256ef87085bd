import type { FileState, TestCase, TestFile } from '../test-runner.ts';
import type { NodeEvent, NodeLine } from './node-harness.ts';
import { placeOfFailure, portable } from './stack.ts';

/** Where what runs lies, and what it was made of. */
export interface Places {
  /** Source path in the product by real path of the file that runs. */
  sources: ReadonlyMap<string, string>;
  /** Real path of the project. */
  root: string;
  /** Sources whose coverage is wanted. */
  wanted: readonly string[];
}

type Finished = Extract<NodeEvent, { kind: 'finished' }>;
type Result = Extract<NodeLine, { type: 'test:pass' | 'test:fail' }>;

/** What the process of one test file was worth. */
export function readNodeFile(event: Finished, places: Places): TestFile {
  const path = places.sources.get(event.file) ?? event.file;
  const cases = casesOf(event.lines, path, places);
  const fault = faultOf(event, path);
  if (fault === undefined) return { path, state: 'ran', cases, covered: new Map() };
  const output = portable(event.output, places.root).trim();
  const message = fault.quote ? `${fault.message} ${output}`.trim() : fault.message;
  const { related, line } = placeOfFailure(output, path);
  return { path, state: fault.state, cases: [], message, related, ...(line !== undefined && { line }), covered: new Map() };
}

interface Fault {
  state: Exclude<FileState, 'ran'>;
  message: string;
  /** Whether what the file printed tells more. */
  quote: boolean;
}

function faultOf({ code, signal, stalled, forged, lines }: Finished, path: string): Fault | undefined {
  const summary = lines.at(-1);
  if (forged) return { state: 'forged', message: 'The tests wrote into the report about them.', quote: false };
  if (stalled) return { state: 'hung', message: 'No answer within the time limit: a test never ended.', quote: false };
  if (signal !== null) return { state: 'killed', message: `The test process was killed by ${signal}, not by us.`, quote: true };
  if (summary?.type === 'test:summary') return disagreement(code, summary, lines);
  if (lines.some(({ type }) => type !== 'loaded'))
    return { state: 'crashed', message: `The test process ended with ${code} before its tests had.`, quote: true };
  if (code === 0)
    return {
      state: 'empty',
      message: `No test of this file was executed: ${path} registers none with \`node:test\`.`,
      quote: false,
    };
  return { state: 'unloadable', message: '', quote: true };
}

/** The summary is the last word of `node:test`, and must fit what was told before and how the process ended. */
function disagreement(
  code: number | null,
  { success, tests }: Extract<NodeLine, { type: 'test:summary' }>,
  lines: readonly NodeLine[],
): Fault | undefined {
  const results = lines.filter(isResult);
  const told = results.filter(({ suite }) => !suite).length;
  const failed = results.some(({ type, idle }) => type === 'test:fail' && !idle);
  const summaries = lines.filter(({ type }) => type === 'test:summary').length;
  if (summaries !== 1 || told !== tests || failed === success)
    return { state: 'unreported', message: 'The summary of the tests does not fit their results.', quote: false };
  if (!success || code === 0) return undefined;
  return { state: 'crashed', message: `All tests passed, but the test process ended with ${code}.`, quote: true };
}

function isResult(line: NodeLine): line is Result {
  return line.type === 'test:pass' || line.type === 'test:fail';
}

/** Tests by their full names. A suite or test that failed by its subtests alone is not counted besides them. */
function casesOf(lines: readonly NodeLine[], path: string, { root }: Places): TestCase[] {
  const names: string[] = [];
  const cases: TestCase[] = [];
  for (const line of lines) {
    if (line.type === 'test:start') names.splice(line.nesting, Infinity, line.name);
    if (!isResult(line) || line.failure === 'subtestsFailed') continue;
    const failed = line.type === 'test:fail' && !line.idle;
    if (line.suite && !failed) continue;
    const name = [...names.slice(0, line.nesting), line.name].join(' > ');
    cases.push({ name, ...resultOf(line, { path, root }), status: failed ? 'failed' : line.idle ? 'skipped' : 'passed' });
  }
  return cases;
}

function resultOf(
  { message, line }: Result,
  { path, root }: { path: string; root: string },
): Pick<TestCase, 'line' | 'message' | 'related'> {
  if (message === undefined) return line === undefined ? {} : { line };
  const text = portable(message, root);
  const place = placeOfFailure(text, path);
  const at = place.line ?? line;
  return { message: text, related: place.related, ...(at !== undefined && { line: at }) };
}
