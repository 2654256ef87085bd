import { GATE_POLICY } from '../vault/gate.ts';
import type { Task } from '../../spec/model.ts';
import type { Performer } from '../mission/task-key.ts';
import { qaVersion } from '../qa/version.ts';
import { COMPILER_VERSION } from '../workspace/compiler/version.ts';

const PERFORMERS: Record<Task['ability'], () => Performer> = {
  'contract-compiler': () => ({ name: 'compiler', version: COMPILER_VERSION }),
  qa: () => (qa ??= { name: 'qa', version: qaVersion() }),
  gate: () => ({ name: 'gate', version: GATE_POLICY }),
  model: () => ({ name: 'model', version: 'none' }),
};

/** Asked for every check of a graph; the tools do not change while a command runs. */
let qa: Performer | undefined;

/** Who does a task, and in which version: light to ask, since a run that finds everything cached asks for nothing else. */
export function performerOf({ ability }: Task): Performer {
  return PERFORMERS[ability]();
}
