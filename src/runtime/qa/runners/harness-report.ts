import type { FileState, TestCase, TestFile } from '../test-runner.ts';
import type { HarnessEvent, ReporterLine } from './harness.ts';
import { placeOfFailure, portable } from './stack.ts';

/** Where what runs lies, and what it was made of. */
export interface Places {
  /** Source path in the project by real path of the file that runs. */
  sources: ReadonlyMap<string, string>;
  /** Real path of the project. */
  root: string;
}

type Finished = Extract<HarnessEvent, { kind: 'finished' }>;

/** What the process of one test file was worth. */
export function readFile(event: Finished, { sources, root }: Places): TestFile {
  const path = sources.get(event.file) ?? event.file;
  const fault = faultOf(event);
  if (fault === undefined) return { path, state: 'ran', cases: casesOf(event.lines, path, root), covered: new Map() };
  const quoted = portable(fault.quote ?? '', root).trim();
  const message = `${fault.message} ${quoted}`.trim();
  return { path, state: fault.state, cases: [], message, ...placeOfFailure(quoted, path), covered: new Map() };
}

interface Fault {
  state: Exclude<FileState, 'ran'>;
  message: string;
  /** Words of the tests themselves that tell more. */
  quote?: string;
}

function faultOf({ code, signal, stalled, forged, lines, output }: Finished): Fault | undefined {
  const broken = lines.find((line) => line.type === 'broken');
  const last = lines.at(-1);
  if (forged) return { state: 'forged', message: 'The tests wrote into the report about them.' };
  if (stalled) return { state: 'hung', message: 'No answer within the time limit: a test never ended.' };
  if (signal !== null) return { state: 'killed', message: `The test process was killed by ${signal}, not by us.`, quote: output };
  if (broken !== undefined) return { state: 'unloadable', message: '', quote: broken.message };
  if (last?.type === 'summary') return disagreement({ code, output, lines }, last);
  if (lines.some(({ type }) => type !== 'loaded'))
    return { state: 'crashed', message: `The test process ended with ${code} before its tests had.`, quote: output };
  if (code === 0) return { state: 'empty', message: 'No test of this file was executed: it registers none.' };
  return { state: 'unloadable', message: '', quote: output };
}

/** The summary is the last word of the tool, and must fit what was told before and how the process ended. */
function disagreement(
  { code, output, lines }: Pick<Finished, 'code' | 'output' | 'lines'>,
  { success, cases }: Extract<ReporterLine, { type: 'summary' }>,
): Fault | undefined {
  const told = lines.filter((line) => line.type === 'case');
  const failed = told.some(({ status }) => status === 'failed');
  const summaries = lines.length - told.length - lines.filter(({ type }) => type === 'loaded' || type === 'begun').length;
  if (summaries !== 1 || told.length !== cases || failed === success)
    return { state: 'unreported', message: 'The summary of the tests does not fit their results.' };
  if (told.length === 0) return { state: 'empty', message: 'No test of this file was executed: it registers none.' };
  if (!success || code === 0) return undefined;
  return { state: 'crashed', message: `All tests passed, but the test process ended with ${code}.`, quote: output };
}

function casesOf(lines: readonly ReporterLine[], path: string, root: string): TestCase[] {
  return lines.flatMap((each): TestCase[] => {
    if (each.type !== 'case') return [];
    const { name, status, line, message } = each;
    const at = line === undefined ? {} : { line };
    if (message === undefined) return [{ name, status, ...at }];
    const text = portable(message, root);
    return [{ name, status, message: text, ...at, ...placeOfFailure(text, path) }];
  });
}
