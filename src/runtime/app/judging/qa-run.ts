import type { Handler } from '../operations.ts';
import { raiseWalls } from './sandbox-for.ts';

/** Suites that run no test of the project, or such as need what a sandbox keeps away. */
const UNWALLED = new Set(['adversary', 'api', 'chaos', 'probes', 'weakening']);

/** Judges a folder of the user. All else is loaded while the walls are being built. */
export const qaRun: Handler<'qa.run'> = async (input, context) => {
  const walled = input.unsafeNoSandbox !== true && !UNWALLED.has(input.suite ?? '');
  // What is wrong with them is told by the first process.
  if (walled) await raiseWalls().catch(() => {});
  const { judgeProject } = await import('./judge-project.ts');
  return judgeProject(input, context, { walled });
};
