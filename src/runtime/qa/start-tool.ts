import { type ProcessOptions, type ProcessResult, runProcess } from '../workspace/process.ts';

/**
 * Starts a program that runs code of a product: a test tool, a compiler, a module under test. The one place where such processes begin, so that what confines them
 * has one place too. What asks the machine or git about something starts elsewhere.
 */
export function startTool(argv: readonly [string, ...string[]], options: ProcessOptions): Promise<ProcessResult> {
  return runProcess(argv, options);
}
