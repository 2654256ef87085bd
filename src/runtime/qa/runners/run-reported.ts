import { realpathSync } from 'node:fs';

import { NexusError } from '../../../base/errors.ts';
import type { ProcessResult } from '../../workspace/process.ts';
import { runTool } from '../run-tool.ts';
import { SignedEventReader } from '../signed-events.ts';
import type { Sandbox, TestFile } from '../test-runner.ts';
import type { RunEvent } from './read-run.ts';
import { portable } from './stack.ts';

interface ReportedCall<Event extends RunEvent> {
  argv: readonly [string, ...string[]];
  env: Readonly<Record<string, string>>;
  /** Of the events' signatures. */
  key: string;
  /** What it is told on stdin; the key alone, if nothing else. */
  input?: string;
  timeoutMs: number;
  /** How long it may say nothing. */
  stallMs: number;
  /** What became of a file. */
  readFile: (event: Extract<Event, { kind: 'finished' }>) => TestFile;
}

/** Runs a test tool with a reporter of ours in it, and tells each file as it ends. What the tool said names paths as the project does. Throws `INTERRUPTED`. */
export async function runReported<Event extends RunEvent>(
  { argv, env, key, input = key, timeoutMs, stallMs, readFile }: ReportedCall<Event>,
  sandbox: Sandbox,
): Promise<{ result: ProcessResult; reader: SignedEventReader<Event> }> {
  const { product: cwd, signal, onLine } = sandbox;
  const reader = new SignedEventReader<Event>(key);
  const onChannel = (line: string) => {
    const event = reader.read(line);
    if (onLine !== undefined && isFinished(event)) onLine(told(readFile(event)));
  };
  const result = await runTool(argv, { cwd, env, timeoutMs, stallMs, input, onChannel, ...(signal && { signal }) }, sandbox);
  if (result.ended === 'aborted') throw new NexusError('INTERRUPTED', 'Stopped while testing.');
  const root = realpathSync(cwd);
  return { result: { ...result, stdout: portable(result.stdout, root), stderr: portable(result.stderr, root) }, reader };
}

function isFinished<Event extends RunEvent>(event: Event | undefined): event is Extract<Event, { kind: 'finished' }> {
  return event?.kind === 'finished';
}

function told({ path, state, cases }: TestFile): string {
  const failed = state !== 'ran' || cases.some(({ status }) => status === 'failed');
  return `${failed ? 'FAIL' : 'PASS'} ${path}`;
}
