import type { MissionSettings } from '../../mission/settings.ts';
import { type MissionPolicy, parsePolicy, policyText } from '../../policy/mission-policy.ts';
import type { ContentStore } from '../../vault/content-store.ts';

/** Puts it into the store, so that the mission goes on under it wherever it is resumed. */
export async function keepPolicy(
  policy: MissionPolicy | undefined,
  store: Pick<ContentStore, 'put'>,
): Promise<Pick<MissionSettings, 'policy'>> {
  return policy === undefined ? {} : { policy: await store.put(Buffer.from(policyText(policy))) };
}

/** The policy that a mission was started under. */
export function keptPolicy({ policy }: MissionSettings, store: Pick<ContentStore, 'get'>): MissionPolicy | undefined {
  return policy === undefined ? undefined : parsePolicy(Buffer.from(store.get(policy)).toString('utf8'));
}
