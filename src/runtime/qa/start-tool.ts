import { type ProcessOptions, type ProcessResult, runProcess } from '../workspace/process.ts';

/**
 * Starts a program that the user's own project is judged with, as the user would: a compiler, StrykerJS, a probe, an experiment. What runs the tests of a product goes
 * through `runTool`, which keeps it within walls.
 */
export function startTool(argv: readonly [string, ...string[]], options: ProcessOptions): Promise<ProcessResult> {
  return runProcess(argv, options);
}
