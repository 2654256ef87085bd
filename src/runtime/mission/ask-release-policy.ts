import { sha256 } from '../../base/digest.ts';
import { NexusError } from '../../base/errors.ts';
import { askPolicy } from '../policy/release/ask-policy.ts';
import { noAnswer, type PolicyVerdict } from '../policy/release/policy-answer.ts';
import type { PolicyEngine } from '../policy/release/policy-engine.ts';
import type { ReleasePolicy } from '../policy/release/release-policy.ts';
import { bounded, type GateDecision } from '../vault/gate.ts';
import type { PolicyRecord, ReleaseInput } from '../vault/release-input.ts';
import { releaseInput } from '../vault/release-input.ts';

/** A release policy and what evaluates it. A server has its own policy. */
export interface ReleaseGate {
  policy: ReleasePolicy | undefined;
  /** Where it came from, for people. */
  source: string;
  engine: PolicyEngine;
}

export interface AskedRelease {
  verdict: PolicyVerdict;
  record: PolicyRecord;
}

/** More than this is not asked about: what a policy is given has to fit into its memory several times. */
const MAX_INPUT = 128 * 2 ** 20;

/** Asks a release policy about what the gate decides over. It never throws for what a policy does: no answer is a denial. */
export async function askReleasePolicy({ policy, source, engine }: ReleaseGate, asked: ReleaseInput): Promise<AskedRelease> {
  const input = releaseInput(asked);
  const verdict = input.length > MAX_INPUT ? noAnswer(tooLarge(input.length)) : await askPolicy(engine, policy, input);
  const warnings = bounded(verdict.findings.filter(({ level }) => level === 'warn').map(({ message }) => message));
  return {
    verdict,
    record: {
      ...(policy && { digest: policy.digest }),
      source,
      engine: { name: engine.name, version: await versionOf(engine) },
      input: sha256(input),
      time: asked.time,
      result: verdict.result,
      ...(warnings.length > 0 && { warnings }),
    },
  };
}

const tooLarge = (length: number): string =>
  `the evidence is too large for a policy: ${Math.round(length / 2 ** 20)} MiB, at most ${MAX_INPUT / 2 ** 20}`;

async function versionOf(engine: PolicyEngine): Promise<string> {
  try {
    return await engine.version();
  } catch (error) {
    if (error instanceof NexusError) return 'unknown';
    throw error;
  }
}

/** Both must let it pass; what both say is said once. */
export function joinDecisions(built: GateDecision, { findings, result }: PolicyVerdict): GateDecision {
  const denials = findings.filter(({ level }) => level === 'deny').map(({ message }) => message);
  const reasons = bounded([...new Set([...built.reasons, ...denials])]);
  return { result: built.result === 'pass' && result === 'pass' ? 'pass' : 'fail', reasons };
}
