import { messageOf } from '../../../base/errors.ts';
import type { Agent, AgentResult, Brief, OutputFile } from '../agent.ts';
import { FragmentError } from './fragments.ts';
import { COMPILER_VERSION } from './version.ts';

/**
 * The embedded agent: makes a package of contracts, ports, documents and tests out of a specification. Pure: no model, no network, no
 * files; the same brief gives the same bytes.
 *
 * How the package is built and tested (its `build` and `test` scripts):
 * - `tsc -p tsconfig.json` compiles `src/` and `test/` to `dist/src/` and `dist/test/` (ES modules with source maps);
 * - `node --experimental-vm-modules node_modules/jest/bin/jest.js` runs `dist/test/`: `test/contracts/x.test.ts` runs as
 *   `dist/test/contracts/x.test.js` (`jestPath`);
 * - `--seed=N` makes the property tests repeatable; coverage and stack traces speak of `src/*.ts`.
 */
export function createCompiler(): Agent {
  return { name: 'compiler', versionFor: () => COMPILER_VERSION, perform };
}

async function perform(brief: Brief, signal: AbortSignal): Promise<AgentResult> {
  if (signal.aborted) return { outcome: 'failed', reason: 'stopped before it began' };
  try {
    return { outcome: 'done', files: await compile(brief) };
  } catch (error) {
    return { outcome: 'failed', reason: messageOf(error) };
  }
}

/** Where Jest finds what tsc made of a test's source. */
export function jestPath(testSource: string): string {
  return `dist/${testSource.replace(/\.ts$/, '.js')}`;
}

async function compile(brief: Brief): Promise<OutputFile[]> {
  const { fragment, kind } = brief.task;
  switch (kind) {
    case 'scaffold':
      return (await import('./tasks/scaffold.ts')).compileScaffold(fragment);
    case 'contract':
      return (await import('./tasks/contract.ts')).compileContract(fragment, brief);
    case 'component':
      return (await import('./tasks/component.ts')).compileComponent(fragment, brief);
    case 'integration':
      return (await import('./tasks/integration.ts')).compileIntegration(fragment);
    case 'assemble':
      return (await import('./tasks/assemble.ts')).compileAssemble(fragment, brief);
    default:
      throw new FragmentError(`the contract compiler does no ${kind} tasks`);
  }
}
