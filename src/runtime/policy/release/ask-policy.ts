import { messageOf } from '../../../base/errors.ts';
import {
  CONFTEST_ENTRYPOINT,
  CONFTEST_QUERY,
  conftestVerdict,
  noAnswer,
  type PolicyVerdict,
  RELEASE_ENTRYPOINT,
  RELEASE_QUERY,
  releaseVerdict,
} from './policy-answer.ts';
import type { PolicyEngine } from './policy-engine.ts';
import type { ReleasePolicy } from './release-policy.ts';

/**
 * What a policy says of an input: package `agentnexus.release` decides if it says anything at all, else `main`. Never throws: a policy that
 * cannot be asked has not agreed.
 */
export async function askPolicy(engine: PolicyEngine, policy: ReleasePolicy | undefined, input: string): Promise<PolicyVerdict> {
  try {
    const release = await engine.evaluate(policy, { query: RELEASE_QUERY, entrypoint: RELEASE_ENTRYPOINT, input });
    if (release !== undefined && !isEmpty(release)) return releaseVerdict(release);
    const main = await engine.evaluate(policy, { query: CONFTEST_QUERY, entrypoint: CONFTEST_ENTRYPOINT, input });
    if (main !== undefined) return conftestVerdict(main);
    return noAnswer('the policy says nothing: it has no package agentnexus.release with allow and deny');
  } catch (error) {
    return noAnswer(messageOf(error));
  }
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
