import type { Digest } from '../../base/digest.ts';
import { ImportGraph } from './import-graph.ts';
import { createJestRunner } from './runners/jest-runner.ts';
import { type Bench, judgeBatch, type QaCall } from './judge-batch.ts';
import type { Check, CheckResult, QaRequest } from './report.ts';
import type { QaCommand } from './runners/command.ts';
import type { Machine } from './runners/machine.ts';
import type { QaLimits, TestRunner } from './test-runner.ts';
import { qaTools, qaVersion } from './version.ts';

export interface QaOptions {
  /** Content of an artifact. */
  read: (digest: Digest) => Uint8Array;
  /** Folder for checkouts; each run makes its own in it and removes it. */
  scratch: string;
  /** Test processes at a time. */
  jobs: number;
  limits?: Partial<QaLimits>;
  runner?: TestRunner;
  /** Where tools are taken from that do not come with us: Python, Go, Cargo. Without it there are none. */
  machine?: Machine;
  /** Commands of the user that judge whole products and leave reports. One that reports tests takes the place of the tools that are found. */
  commands?: readonly QaCommand[];
  /** The user's own folder of the product, of which installed modules are taken instead of ours. */
  installed?: string;
  /** The one tool whose tests are run in whole products. */
  suite?: string;
}

export interface QaEngine {
  /** Part of the key of every verification task: another version may judge otherwise. */
  readonly version: string;
  /**
   * Judges the checks in one go; the results are in the order of the checks. Whatever the product does is a result. Throws `INTERRUPTED`,
   * `TOOL_MISSING`, and what reading or writing files throws.
   */
  run(request: QaRequest, call?: QaCall): Promise<CheckResult[]>;
}

export const DEFAULT_LIMITS: QaLimits = { compileMs: 300_000, testsMs: 1_800_000, stallMs: 60_000, memoryMb: 1024 };

export function createQaEngine(options: QaOptions): QaEngine {
  const runner = options.runner ?? createJestRunner();
  const tools = { ...qaTools(), ...runner.tools };
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const bench: Bench = { ...options, runner, tools, limits, imports: new ImportGraph(options.read) };
  return { version: qaVersion(tools), run: (request, call = {}) => judgeAll(request, bench, call) };
}

async function judgeAll({ checks, ...product }: QaRequest, bench: Bench, call: QaCall): Promise<CheckResult[]> {
  const results = new Map<string, CheckResult>();
  for (let open: readonly Check[] = checks; open.length > 0; open = open.filter(({ task }) => !results.has(task))) {
    for (const result of await judgeBatch({ checks: open, ...product }, bench, call)) results.set(result.task, result);
  }
  return checks.flatMap(({ task }) => results.get(task) ?? []);
}
