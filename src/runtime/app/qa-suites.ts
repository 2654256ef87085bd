import { NexusError } from '../../base/errors.ts';
import type { SuiteResult } from '../qa/suite-result.ts';
import type { CallContext, QaRunInput } from './operations.ts';
import type { QaProject } from './qa-project.ts';

type FurtherSuite = (project: QaProject, input: QaRunInput, context: CallContext) => Promise<SuiteResult>;

/** Suites that are no test tool of the project, each loaded when it is asked for. */
const SUITES: Readonly<Record<string, FurtherSuite>> = {
  async weakening({ tree, read, folder, machine }, { base }) {
    if (base === undefined) {
      throw new NexusError('USAGE', 'The suite `weakening` holds the project against a revision.', {
        hint: 'Name one: `--base main`.',
      });
    }
    const { weakeningSince } = await import('../qa/weakening/weakening-since.ts');
    return weakeningSince(base, { tree, read }, { folder, path: machine.path });
  },
};

export function furtherSuite(name: string | undefined): FurtherSuite | undefined {
  return name !== undefined && Object.hasOwn(SUITES, name) ? SUITES[name] : undefined;
}
