import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { messageOf, NexusError } from '../../../base/errors.ts';
import { runTool } from '../run-tool.ts';
import { packageVersion } from '../dependencies.ts';
import type { Finding } from '../report.ts';
import type { Machine } from '../runners/machine.ts';
import { noResult, type SuiteResult } from '../suite-result.ts';
import type { Sandbox } from '../test-runner.ts';
import type { LineRange } from './changed-lines.ts';
import { type MutationOutcome, outcomeOf, readMutationReport } from './mutation-report.ts';

export interface MutationCall {
  /** The project's own folder, where Stryker is installed. */
  installed: string;
  sandbox: Sandbox;
  machine: Machine;
  /** Least share of mutants that tests must notice. */
  least?: number | undefined;
}

const REPORT = 'reports/mutation/mutation.json';

/** Changes code of these lines, one place at a time, and runs the project's tests on each such mutant, by its own StrykerJS. Throws `INTERRUPTED`. */
export async function runMutation(ranges: readonly LineRange[], call: MutationCall): Promise<SuiteResult> {
  if (ranges.length === 0) return withNote('No line of JavaScript or TypeScript has changed: there is nothing to mutate.');
  const stryker = join(call.installed, 'node_modules', '@stryker-mutator', 'core');
  if (!existsSync(join(stryker, 'package.json'))) return { ...noResult(), findings: [missing()] };
  const tools = { '@stryker-mutator/core': packageVersion(stryker), node: process.versions.node };
  const said = await start(stryker, ranges, call);
  const report = join(call.sandbox.product, REPORT);
  if (!existsSync(report)) return { ...noResult(), tools, findings: [{ code: 'QA_REPORT_MISSING', message: said }] };
  try {
    const mutationReport = readMutationReport(readFileSync(report, 'utf8'));
    const outcome = outcomeOf(mutationReport);
    const { made, run, noticed } = outcome;
    const findings = findingsOf(outcome, call.least);
    return { ...noResult(), tools, findings, measured: { mutants: { made, run, noticed } }, mutationReport };
  } catch (error) {
    return {
      ...noResult(),
      tools,
      findings: [{ code: 'QA_REPORT_MISSING', message: `The report of Stryker cannot be read: ${messageOf(error)}` }],
    };
  }
}

function withNote(message: string): SuiteResult {
  return { ...noResult(), findings: [{ code: 'QA_MUTATION', level: 'note', message }] };
}

function missing(): Finding {
  const message =
    'Mutants are made by StrykerJS, which the project has not: `npm install --save-dev @stryker-mutator/core`, with `@stryker-mutator/vitest-runner` or `-jest-runner` beside it.';
  return { code: 'QA_TOOL_MISSING', message };
}

/** Runs it to its end; says why there may be no report. */
async function start(
  stryker: string,
  ranges: readonly LineRange[],
  { sandbox, machine, installed }: MutationCall,
): Promise<string> {
  const lines = ranges.map(({ path, from, to }) => `${path}:${from}-${to}`).join(',');
  const runner = ['vitest', 'jest'].find((name) =>
    existsSync(join(installed, 'node_modules', '@stryker-mutator', `${name}-runner`)),
  );
  const settings = [
    '--reporters',
    'json',
    '--concurrency',
    String(Math.max(1, sandbox.jobs)),
    '--logLevel',
    'warn',
    // The product is a copy already, in which the walls have put things that cannot be copied.
    '--inPlace',
    '--cleanTempDir',
    'always',
  ];
  const argv = [process.execPath, join(stryker, 'bin', 'stryker.js'), 'run', '--mutate', lines, ...settings] as const;
  const options = {
    cwd: sandbox.product,
    env: { ...sandbox.env, PATH: machine.path },
    timeoutMs: sandbox.limits.testsMs,
    ...(sandbox.signal && { signal: sandbox.signal }),
  };
  const result = await runTool([...argv, ...(runner === undefined ? [] : ['--testRunner', runner])], options, sandbox);
  if (result.ended === 'aborted') throw new NexusError('INTERRUPTED', 'Stopped while mutants were run.');
  if (result.ended === 'timeout') return 'Stryker did not come to its end in its time.';
  return `Stryker ended with ${result.code} and left no report. ${(result.stderr.trim() || result.stdout.trim()).slice(-1500)}`;
}

function findingsOf({ made, run, noticed, findings }: MutationOutcome, least: number | undefined): Finding[] {
  const share = run === 0 ? 1 : noticed / run;
  const told = `${run} of ${made} mutants run, ${noticed} noticed by tests`;
  const summary: Finding = { code: 'QA_MUTATION', level: 'note', message: `${told}.` };
  if (least === undefined || share >= least) return [summary, ...findings];
  const percent = (value: number) => `${Math.floor(value * 100)} %`;
  const message = `${told}: ${percent(share)}, and ${percent(least)} are asked for. ${shownFew(findings)}`;
  const [first, ...others] = findings;
  const place = { ...(first?.path && { path: first.path }), ...(first?.line !== undefined && { line: first.line }) };
  const related = [...new Set(others.flatMap(({ path }) => path ?? []))].filter((path) => path !== first?.path);
  return [{ code: 'QA_MUTATION_LOW', ...place, ...(related.length > 0 && { related }), message }, ...findings];
}

/** As many as a brief should name; the rest stand beside it. */
const NAMED = 5;

function shownFew(findings: readonly Finding[]): string {
  const named = findings.slice(0, NAMED).map(({ path, line, message }) => `${path}:${line}: ${message}`);
  const rest = findings.length - named.length;
  return [...named, ...(rest > 0 ? [`… and ${rest} more.`] : [])].join(' ');
}
