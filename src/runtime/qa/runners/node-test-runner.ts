import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { NexusError } from '../../../base/errors.ts';
import { type ProcessResult, runProcess } from '../../workspace/process.ts';
import { runningPath } from '../layout.ts';
import { SignedEventReader } from '../signed-events.ts';
import type { BrokenRun, RunReport, Sandbox, TestFile, TestRun, TestRunner } from '../test-runner.ts';
import { NODE_HARNESS, NODE_REPORTER, type NodeEvent, type NodeJob } from './node-harness.ts';
import { type Places, readNodeFile } from './node-report.ts';
import { readCoverage } from './v8-coverage.ts';

/**
 * Runs test files of `node:test`, each in a process of its own, TypeScript by node's own type stripping. A file counts if its process ended by
 * itself, after the summary of its tests and with an exit code that fits. `flags`: node's own, from the product's test script.
 */
export function createNodeTestRunner(flags: readonly string[] = []): TestRunner {
  return {
    name: 'node:test',
    tools: { node: process.versions.node },
    async run(run, sandbox) {
      const call = prepare(run, sandbox, flags);
      const reader = new SignedEventReader<NodeEvent>(call.job.key);
      const result = await runProcess([process.execPath, call.harness], {
        cwd: sandbox.product,
        env: sandbox.env,
        timeoutMs: run.timeoutMs,
        // The harness looks after each file; only if it is stopped itself is there silence for longer.
        stallMs: 2 * sandbox.limits.stallMs,
        input: JSON.stringify(call.job),
        onChannel: (line) => progress(reader.read(line), call, sandbox),
        ...(sandbox.signal && { signal: sandbox.signal }),
      });
      if (result.ended === 'aborted') throw new NexusError('INTERRUPTED', 'Stopped while testing.');
      return readRun(result, reader, call);
    },
  };
}

interface NodeCall extends Places {
  harness: string;
  job: NodeJob;
}

function prepare(run: TestRun, { product, scratch, jobs, limits }: Sandbox, flags: readonly string[]): NodeCall {
  const folder = join(scratch, randomUUID());
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const [harness, reporter] = [join(folder, 'harness.mjs'), join(folder, 'reporter.mjs')];
  writeFileSync(harness, NODE_HARNESS);
  writeFileSync(reporter, NODE_REPORTER);
  const root = realpathSync(product);
  const sources = new Map(run.files.map((source) => [runningPath(root, source, run.layouts), source]));
  const args = [...flags, '--disable-warning=ExperimentalWarning', `--max-old-space-size=${limits.memoryMb}`];
  const job: NodeJob = {
    key: randomBytes(32).toString('hex'),
    files: [...sources.keys()],
    jobs,
    stallMs: limits.stallMs,
    args,
    reporter,
    coverage: join(folder, 'coverage'),
  };
  return { harness, job, sources, root, wanted: run.sources };
}

function readRun(result: ProcessResult, reader: SignedEventReader<NodeEvent>, call: NodeCall): RunReport {
  const files = reader.events.flatMap((event) => (event.kind === 'finished' ? [readNodeFile(event, call)] : []));
  const fault = faultOf(result, reader, files.length === call.job.files.length);
  if (fault !== undefined) return { ...fault, complete: false, ...suspects(reader.events, files, call) };
  const { lines, covered } = readCoverage(call.job.coverage, call);
  return { complete: true, files: files.map((file) => (file.state === 'ran' ? { ...file, covered } : file)), lines };
}

function faultOf(
  { ended, code, signal, stderr }: ProcessResult,
  { tampered, events }: SignedEventReader<NodeEvent>,
  all: boolean,
): Pick<BrokenRun, 'state' | 'message'> | undefined {
  if (tampered) return { state: 'forged', message: 'Something other than the test harness wrote into its report.' };
  if (ended === 'signalled') return { state: 'killed', message: `The test harness was killed by ${signal}, not by us.` };
  if (ended !== 'exited') return { state: 'hung', message: 'No result within the time limit.' };
  if (code === 0 && all && events.at(-1)?.kind === 'complete') return undefined;
  if (code === 0) return { state: 'unreported', message: 'The test harness ended as if all were well, but left no report.' };
  return { state: 'crashed', message: `The test harness ended with ${code}. ${stderr.slice(-1000).trim()}` };
}

function suspects(
  events: readonly NodeEvent[],
  files: readonly TestFile[],
  { sources }: NodeCall,
): Pick<BrokenRun, 'running' | 'certain' | 'barren'> {
  const finished = new Set(files.map(({ path }) => path));
  const started = events.flatMap((event) => (event.kind === 'started' ? [sources.get(event.file) ?? event.file] : []));
  const running = started.filter((path) => !finished.has(path));
  return { running, certain: running.length === 1, barren: started.length === 0 };
}

function progress(event: NodeEvent | undefined, call: NodeCall, { onLine }: Sandbox): void {
  if (onLine === undefined || event?.kind !== 'finished') return;
  const { path, state, cases } = readNodeFile(event, call);
  const failed = state !== 'ran' || cases.some(({ status }) => status === 'failed');
  onLine(`${failed ? 'FAIL' : 'PASS'} ${path}`);
}
