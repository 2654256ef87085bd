import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { RunReport, Sandbox, TestFile } from '../test-runner.ts';
import { HARNESS, type HarnessEvent, type HarnessJob } from './harness.ts';
import { type Places, readFile } from './harness-report.ts';
import { readRun } from './read-run.ts';
import { runReported } from './run-reported.ts';

export interface HarnessCall extends Places, Pick<HarnessJob, 'command' | 'env'> {
  /** A private folder of this run. */
  folder: string;
  timeoutMs: number;
}

/** Runs each file of `sources` in a process of its own, under the harness. Throws only `INTERRUPTED`. */
export async function runHarness(call: HarnessCall, sandbox: Sandbox): Promise<RunReport> {
  const { jobs, limits } = sandbox;
  const { sources, command, env } = call;
  const program = join(call.folder, 'harness.mjs');
  writeFileSync(program, HARNESS);
  const key = randomBytes(32).toString('hex');
  const job: HarnessJob = { key, files: [...sources.keys()], jobs, stallMs: limits.stallMs, command, env };
  const { result, reader } = await runReported<HarnessEvent>(
    {
      argv: [process.execPath, program],
      env: sandbox.env,
      key,
      input: JSON.stringify(job),
      timeoutMs: call.timeoutMs,
      // The harness looks after each file; only if it is stopped itself is there silence for longer.
      stallMs: 2 * limits.stallMs,
      readFile: (event) => readFile(event, call),
    },
    sandbox,
  );
  const found = reader.events.flatMap((event) => (event.kind === 'finished' ? [readFile(event, call)] : []));
  return readRun(result, { reader, found }, { tool: 'The test harness', ends: [0], files: [...sources.values()], sources });
}

/** Adds what is known of coverage to a run that counts. */
export function withCoverage(
  report: RunReport,
  { lines, covered }: { lines: ReadonlyMap<string, ReadonlySet<number>>; covered: TestFile['covered'] },
): RunReport {
  if (!report.complete) return report;
  return { ...report, lines, files: report.files.map((file) => (file.state === 'ran' ? { ...file, covered } : file)) };
}
