import type { ProcessResult } from '../../workspace/process.ts';
import type { SignedEventReader } from '../signed-events.ts';
import type { BrokenRun, RunReport, TestFile } from '../test-runner.ts';

/** What every reporter of ours tells, whatever else. */
export type RunEvent =
  | { kind: 'started'; file: string }
  | { kind: 'finished'; file: string }
  | { kind: 'alive' }
  | { kind: 'complete' };

export interface RunReading {
  /** What the tool is called in messages. */
  tool: string;
  /** Exit codes of a run that came to its end, whatever its tests said. */
  ends: readonly number[];
  /** Paths of the run. */
  files: readonly string[];
  /** Path in the project by path of the file that runs. */
  sources: ReadonlyMap<string, string>;
  /** We hear that a file is begun before it can do anything; of other tools' files, one may kill the tool before. */
  announces?: boolean;
  /** Whether it has left a report of its own that fits, where it leaves one. */
  report?: (code: number) => 'fits' | 'missing' | 'unfit';
}

/** What a run was worth: it counts if the tool ended by itself, and everything that was told came from our reporter, to its last word. */
export function readRun<Event extends RunEvent>(
  result: ProcessResult,
  { reader, found }: { reader: SignedEventReader<Event>; found: TestFile[] },
  reading: RunReading,
): RunReport {
  const fault = faultOf(result, reader, reading);
  if (fault !== undefined) {
    const seen = suspects(reader.events, found, reading);
    // Then nobody else is to be blamed for it.
    const sure = fault.state === 'killed' && reading.announces !== true ? { certain: false, barren: false } : {};
    return { ...fault, complete: false, ...seen, ...sure };
  }
  const known = new Set(found.map(({ path }) => path));
  const unselected = reading.files.filter((path) => !known.has(path));
  const message = `The product's own configuration of ${reading.tool} does not count this file as a test.`;
  const files = [
    ...found,
    ...unselected.map((path): TestFile => ({ path, state: 'unselected', cases: [], message, covered: new Map() })),
  ];
  return { complete: true, files, lines: new Map() };
}

/** Why a run does not count, or undefined if it does. */
function faultOf(
  { ended, code, signal, stdout, stderr }: ProcessResult,
  { tampered, events }: SignedEventReader<RunEvent>,
  { tool, ends, report = () => 'fits' }: RunReading,
): Pick<BrokenRun, 'state' | 'message'> | undefined {
  const words = (stderr.trim() || stdout.trim()).slice(-1500);
  const complete = events.at(-1)?.kind === 'complete';
  if (tampered) return { state: 'forged', message: `Something other than ${tool} wrote into its report.` };
  if (ended === 'signalled') return { state: 'killed', message: `${tool} was killed by ${signal}, not by us. ${words}` };
  if (ended !== 'exited') return { state: 'hung', message: 'No result within the time limit.' };
  const left = complete && ends.includes(code ?? -1) ? report(code ?? -1) : 'missing';
  if (left === 'fits') return undefined;
  if (left === 'unfit') return { state: 'unreported', message: `The report of ${tool} does not fit the run.` };
  if (code === 0) return { state: 'unreported', message: `${tool} ended as if all were well, but left no report. ${words}` };
  return { state: 'crashed', message: `${tool} ended with ${code}. ${words}` };
}

function suspects(
  events: readonly RunEvent[],
  found: readonly TestFile[],
  { sources }: RunReading,
): Pick<BrokenRun, 'running' | 'certain' | 'barren'> {
  const finished = new Set(found.map(({ path }) => path));
  const started = events.flatMap((event) => (event.kind === 'started' ? [sources.get(event.file) ?? event.file] : []));
  const running = started.filter((path) => !finished.has(path));
  const lost = found.some(({ state }) => state === 'crashed' || state === 'killed');
  return { running, certain: running.length === 1 && !lost, barren: started.length === 0 };
}
