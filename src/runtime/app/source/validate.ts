import type { Handler } from '../operations.ts';
import { openSource } from './open-source.ts';
import { interpretSource, isFault } from './specification.ts';

/** What is wrong with a specification, and what became of each of its lines. */
export const validate: Handler<'validate'> = async (input, context) => {
  const { specification, config } = await interpretSource(input, await openSource(input, context));
  const { id, title, dialect, digest, diagnostics, coverage } = specification;
  return {
    kind: 'Validation',
    specification: { id, title, dialect, digest },
    valid: !diagnostics.some(({ severity }) => isFault(severity, input.strict)),
    diagnostics,
    coverage,
    ...(config === undefined ? {} : { config }),
  };
};
