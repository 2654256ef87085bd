import type { SigningServices } from '../../vault/keyless/signing-services.ts';
import type { MissionTerms } from '../apply/mission-terms.ts';
import { judgingBy } from '../judging/qa-terms.ts';
import { openRoster, type Roster } from './roster.ts';
import { signedRoster } from '../ledger/signing-settings.ts';

/** Those who work under these terms; `dir` is the workspace's folder, whether it is there or not. Throws what `openRoster` throws. */
export async function hire(
  { agent, policy, qa, services }: Pick<MissionTerms, 'agent' | 'policy' | 'qa'> & { services: SigningServices | undefined },
  dir: string,
): Promise<Roster> {
  return signedRoster(judgingBy(await openRoster(agent, { dir, policy }), qa?.setting), services);
}
