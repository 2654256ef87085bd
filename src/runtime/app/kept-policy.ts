import { findMission } from '../mission/queries.ts';
import type { MissionSettings } from '../mission/settings.ts';
import { type MissionPolicy, parsePolicy, type PolicyLayer, policyText } from '../policy/mission-policy.ts';
import { type ContentStore, openContentStore } from '../vault/content-store.ts';
import { withHistory } from './history.ts';
import type { CallContext } from './operations.ts';

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

/** What limited a mission when it was recorded. */
export function layersThen(mission: string, context: CallContext): Promise<readonly PolicyLayer[]> {
  return withHistory(context, ({ log, workspace }) => {
    const settings = JSON.parse(findMission(log.db, mission).settings) as MissionSettings;
    return keptPolicy(settings, openContentStore(workspace.dir))?.layers ?? [];
  });
}
