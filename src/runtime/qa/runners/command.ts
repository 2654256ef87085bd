import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { messageOf, NexusError } from '../../../base/errors.ts';
import type { ProcessResult } from '../../workspace/process.ts';
import { runTool } from '../run-tool.ts';
import type { ReadReport, ReportContent, ReportPlace } from '../reports/report-content.ts';
import type { BrokenRun, RunReport, Sandbox, TestRun, TestRunner } from '../test-runner.ts';
import { type Machine, findProgram } from './machine.ts';
import type { ProjectKind, ProductView, Suite } from './suite.ts';
import { portable } from './stack.ts';

/** A command of the user that judges a product, in its root and without a shell. */
export interface QaCommand {
  name: string;
  /** `{out}` stands for a fresh folder outside of the product. */
  argv: readonly [string, ...string[]];
  /** What it leaves: in the product, or below `{out}`. */
  reports: readonly { format: ReportFormat; path: string }[];
}

export type ReportFormat = keyof typeof READERS;

const READERS = {
  junit: async () => (await import('../reports/junit.ts')).readJunit,
  ctrf: async () => (await import('../reports/ctrf.ts')).readCtrf,
  sarif: async () => (await import('../reports/sarif.ts')).readSarif,
  lcov: async () => (await import('../reports/lcov.ts')).readLcov,
} as const satisfies Record<string, () => Promise<ReadReport>>;

/** A report over this size is not read. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Whether tests are among what it reports. */
export function reportsTests({ reports }: QaCommand): boolean {
  return reports.some(({ format }) => format === 'junit' || format === 'ctrf');
}

export function commandSuites(commands: readonly QaCommand[]): ProjectKind {
  return {
    open: (product, _, machine) => Promise.resolve(commands.map((command) => suiteOf(command, product, machine))),
  };
}

function suiteOf(command: QaCommand, product: ProductView, machine: Machine | undefined): Suite {
  const [name] = command.argv;
  const run = { files: [command.name], sources: [], layouts: [], config: undefined };
  const suite = { tool: command.name, root: '', run };
  const program = name.includes('/') ? name : findProgram(name, machine);
  const message = `${command.name} needs ${name}, which is not on PATH.`;
  if (program === undefined || machine === undefined)
    return { ...suite, runner: undefined, faults: [{ code: 'QA_TOOL_MISSING', message }] };
  return { ...suite, runner: createCommandRunner(command, { program, product, machine }), faults: [] };
}

function createCommandRunner(
  command: QaCommand,
  { program, product, machine }: { program: string; product: ProductView; machine: Machine },
): TestRunner {
  return {
    name: command.name,
    tools: {},
    whole: true,
    async run({ timeoutMs }: TestRun, sandbox) {
      const out = join(sandbox.scratch, randomUUID());
      mkdirSync(out, { recursive: true, mode: 0o700 });
      const root = realpathSync(sandbox.product);
      const reports = command.reports.map(({ format, path }) => ({ format, path: placeOf(path, { out, root }) }));
      // What lay there before is no report of this run.
      for (const { path } of reports) rmSync(path, { recursive: true, force: true });
      const argv = command.argv.slice(1).map((word) => word.replaceAll('{out}', out));
      const result = await start([program, ...argv], { sandbox, machine, timeoutMs });
      const place = { root, known: new Set(product.tree.map(({ path }) => path)), name: command.name };
      return readReports(result, reports, place);
    },
  };
}

function placeOf(path: string, { out, root }: { out: string; root: string }): string {
  return path.startsWith('{out}/') ? join(out, path.slice('{out}/'.length)) : join(root, path);
}

async function start(
  argv: [string, ...string[]],
  { sandbox, machine, timeoutMs }: { sandbox: Sandbox; machine: Machine; timeoutMs: number },
): Promise<ProcessResult> {
  const { product, signal } = sandbox;
  const env = { ...sandbox.env, PATH: machine.path };
  const result = await runTool(argv, { cwd: product, env, timeoutMs, ...(signal && { signal }) }, sandbox);
  if (result.ended === 'aborted') throw new NexusError('INTERRUPTED', 'Stopped while testing.');
  return result;
}

async function readReports(
  result: ProcessResult,
  reports: readonly { format: ReportFormat; path: string }[],
  place: ReportPlace,
): Promise<RunReport> {
  const words = portable((result.stderr.trim() || result.stdout.trim()).slice(-1500), place.root);
  const ill = illness(result, words);
  if (ill !== undefined) return broken(ill);
  const contents: ReportContent[] = [];
  for (const { format, path } of reports) {
    if (!existsSync(path)) {
      const message = `It ended with ${result.code} and left no ${format} report. ${words}`;
      return broken({ state: result.code === 0 ? 'unreported' : 'crashed', message });
    }
    try {
      contents.push((await READERS[format]())(readReport(path), place));
    } catch (error) {
      return broken({ state: 'unreported', message: `Its ${format} report cannot be read: ${messageOf(error)}` });
    }
  }
  return merged(result, contents, words);
}

function illness({ ended, signal }: ProcessResult, words: string): Pick<BrokenRun, 'state' | 'message'> | undefined {
  if (ended === 'signalled') return { state: 'killed', message: `It was killed by ${signal}, not by us. ${words}` };
  return ended === 'exited' ? undefined : { state: 'hung', message: 'No result within the time limit.' };
}

/** It could be a link to anything, or a pipe that never ends. */
function readReport(path: string): string {
  const found = statSync(path);
  if (!found.isFile() || found.size > MAX_BYTES) throw new Error('it is no file, or over 64 MiB.');
  return readFileSync(path, 'utf8');
}

function merged({ code }: ProcessResult, contents: readonly ReportContent[], words: string): RunReport {
  const covered = new Map(contents.flatMap((content) => [...content.covered]));
  const files = contents.flatMap((content) => content.files);
  const findings = contents.flatMap((content) => content.findings);
  const failed = files.some(({ cases }) => cases.some(({ status }) => status === 'failed')) || findings.length > 0;
  if (code !== 0 && !failed) return broken({ state: 'crashed', message: `Nothing failed, but it ended with ${code}. ${words}` });
  return { complete: true, files, lines: new Map(contents.flatMap((content) => [...content.lines])), covered, findings };
}

function broken(fault: Pick<BrokenRun, 'state' | 'message'>): BrokenRun {
  return { ...fault, complete: false, running: [], certain: false, barren: true };
}
