import { NexusError } from '../../base/errors.ts';
import type { SuiteResult } from '../qa/suite-result.ts';
import type { CallContext, QaRunInput } from './operations.ts';
import type { QaProject } from './qa-project.ts';

type FurtherSuite = (project: QaProject, input: QaRunInput, context: CallContext) => Promise<SuiteResult>;

/** Suites that are no test tool of the project, each loaded when it is asked for. */
const SUITES: Readonly<Record<string, FurtherSuite>> = {
  async contracts(project, { seed, runs, replay }, { stop }) {
    const [{ contractsIn, runContracts }, { projectSandbox }] = await Promise.all([
      import('../qa/contracts/contract-suite.ts'),
      import('../qa/project-sandbox.ts'),
    ]);
    const { tree, read, folder, scratch, config } = project;
    const texts = new Map(tree.map(({ path, digest }) => [path, digest]));
    const textOf = (path: string) => {
      const digest = texts.get(path);
      return digest === undefined ? undefined : Buffer.from(read(digest)).toString('utf8');
    };
    const sandbox = projectSandbox({ tree, read }, { scratch, installed: folder, signal: stop });
    const options = { ...(seed !== undefined && { seed }), ...(runs !== undefined && { runs }), ...(replay && { replay }) };
    return runContracts(config.contracts ?? contractsIn([...texts.keys()]), textOf, { sandbox, options });
  },

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
