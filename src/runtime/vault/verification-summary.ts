import type { Digest } from '../../base/digest.ts';
import type { Tree } from './artifact.ts';
import { contentUri } from './evidence.ts';
import { resource, type Statement, statement, subjectOf } from './statement.ts';

/** https://slsa.dev/spec/v1.2/verification_summary */
export const VERIFICATION_SUMMARY = 'https://slsa.dev/verification_summary/v1';
const GATE_VERIFIER = 'https://agentnexus.dev/verifiers/gate/v1';

export interface VerificationSummaryInput {
  mission: string;
  /** The product as it stood at the gate. */
  tree: Tree;
  result: 'pass' | 'fail';
  /** RFC 3339. */
  timeVerified: string;
  /** The rules that decided. */
  policy: { uri: string; digest?: Digest };
  /** Every statement that the decision rests on: name → digest of its Sigstore bundle. */
  inputs: ReadonlyMap<string, Digest>;
  verifierVersion: string;
}

/** The gate's decision as SLSA Verification Summary v1. A key beside the agent proves Build L1, no more. */
export function verificationSummary(input: VerificationSummaryInput): Statement {
  const { policy, result } = input;
  return statement(VERIFICATION_SUMMARY, input.tree.map(subjectOf), {
    verifier: { id: GATE_VERIFIER, version: { agentnexus: input.verifierVersion } },
    timeVerified: input.timeVerified,
    resourceUri: `urn:uuid:${input.mission}`,
    policy: policy.digest === undefined ? { uri: policy.uri } : resource('policy', policy.digest, policy.uri),
    inputAttestations: [...input.inputs].map(([name, digest]) => resource(name, digest, contentUri(digest))),
    verificationResult: result === 'pass' ? 'PASSED' : 'FAILED',
    verifiedLevels: [result === 'pass' ? 'SLSA_BUILD_LEVEL_1' : 'FAILED'],
    slsaVersion: '1.2',
  });
}
