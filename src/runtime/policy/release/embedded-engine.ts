import { RegoEvaluator, type RegoFault } from '../rego/evaluator.ts';
import type { PolicyEngine } from './policy-engine.ts';
import { invalid } from './release-policy.ts';

/** Raw Rego, by the evaluator that is shipped. */
export function embeddedEngine(evaluator = new RegoEvaluator()): PolicyEngine {
  return {
    name: 'embedded',
    async version() {
      const { version = '' } = await evaluator.ask({ op: 'describe' });
      return version;
    },
    async evaluate(policy, { query, input }) {
      if (policy === undefined) throw invalid('There is none.');
      const { modules, data, regoVersion } = policy;
      const { result, errors } = await evaluator.ask({ op: 'eval', modules, data, regoVersion, query, input });
      if (errors !== undefined) throw invalid(`${errors.map(faultText).join('; ')}.`);
      return result;
    },
    close: () => evaluator.close(),
  };
}

/** `release.rego:3:1: …`, as compilers write it. */
export function faultText({ file, row, col, message }: RegoFault): string {
  return file === undefined ? message : `${file}:${row ?? 0}:${col ?? 0}: ${message}`;
}
