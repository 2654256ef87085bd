import type { MissionPolicy } from '../../policy/mission-policy.ts';
import { type AgentSource, readAgent } from '../agents/read-agent.ts';
import type { ScanSetting } from '../../mission/settings.ts';
import { type QaTerms, qaTerms } from '../judging/qa-terms.ts';
import { scanTerms } from '../judging/scan-terms.ts';
import { type KeylessChoice, readSigning } from '../ledger/signing-settings.ts';
import type { ApplyInput, CallContext } from '../operations.ts';
import { policyFor } from '../policies/mission-policy.ts';
import { findReleasePolicy, type ReleaseSource } from '../policies/release-policy.ts';
import type { Configuration } from '../source/configuration.ts';
import type { Source } from '../source/open-source.ts';

/** What a mission is told beside its graph: who works, within what limits, and how that is judged and signed. */
export interface MissionTerms {
  agent: AgentSource;
  policy: MissionPolicy | undefined;
  release: ReleaseSource | undefined;
  qa: QaTerms | undefined;
  scan: ScanSetting | undefined;
  signing: KeylessChoice | undefined;
}

/**
 * Reads what was asked for, and what the configuration beside the bundle says. Throws `POLICY_INVALID`, `CONFIG_INVALID`, `SCRIPT_INVALID`, `USAGE`,
 * `TRUSTED_ROOT_UNUSABLE`.
 */
export async function missionTerms(
  input: ApplyInput,
  { config }: Pick<Source, 'config'>,
  context: CallContext,
): Promise<MissionTerms> {
  const local = { ...context, config: localOf(config) };
  const agent = await readAgent(input, local);
  return {
    agent,
    policy: await policyFor(input, config, context),
    qa: await qaTerms({ bundle: input.bundle, agent }, local),
    release: await findReleasePolicy(input, local),
    scan: await scanTerms(input.scan, local.config),
    signing: await readSigning(input, local),
  };
}

/** What is fetched or unpacked cannot say what runs here; it can only take away (`policyFor`). */
export function localOf(config: Configuration | undefined): Configuration | undefined {
  return config?.isLocal === true ? config : undefined;
}
