import type { MissionPolicy } from '../policy/mission-policy.ts';
import { policyFor } from './mission-policy.ts';
import type { ApplyInput, CallContext } from './operations.ts';
import { findReleasePolicy, type ReleaseSource } from './release-policy.ts';
import { judgingBy, type QaTerms, qaTerms } from './qa-terms.ts';
import { type AgentSource, openRoster, type Roster } from './roster.ts';
import { type KeylessChoice, readSigning, signedRoster } from './signing-settings.ts';
import type { ReadSpecification } from './specification.ts';
import { workspaceDir } from './workspace.ts';

/** What a mission is told beside its graph: who works, within what limits, and how that is judged and signed. */
export interface MissionTerms {
  agent: AgentSource;
  /** Those who work, held to all of it. */
  roster: Roster;
  policy: MissionPolicy | undefined;
  release: ReleaseSource | undefined;
  qa: QaTerms | undefined;
  signing: KeylessChoice | undefined;
}

/** Reads what was asked for, and what the configuration beside the bundle says. Throws `POLICY_INVALID`, `CONFIG_INVALID`, `USAGE`, `TRUSTED_ROOT_UNUSABLE`. */
export async function missionTerms(
  input: ApplyInput,
  { agent, read }: { agent: AgentSource; read: ReadSpecification },
  context: CallContext,
): Promise<MissionTerms> {
  const policy = await policyFor(input, read, context);
  const qa = await qaTerms({ bundle: input.bundle, agent }, context);
  const release = await findReleasePolicy(input, context);
  const signing = await readSigning(input, context);
  const hired = await openRoster(agent, { dir: workspaceDir(context, input.bundle), policy });
  return { agent, roster: signedRoster(judgingBy(hired, qa?.setting), signing?.services), policy, release, qa, signing };
}
