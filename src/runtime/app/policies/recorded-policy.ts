import { findMission } from '../../mission/queries.ts';
import type { MissionSettings } from '../../mission/settings.ts';
import type { PolicyLayer } from '../../policy/mission-policy.ts';
import { openContentStore } from '../../vault/content-store.ts';
import { withHistory } from '../host/history.ts';
import { keptPolicy } from './kept-policy.ts';
import type { CallContext } from '../operations.ts';

/** What limited a mission when it was recorded. */
export function recordedPolicy(mission: string, context: CallContext): Promise<readonly PolicyLayer[]> {
  return withHistory(context, ({ log, workspace }) => {
    const settings = JSON.parse(findMission(log.db, mission).settings) as MissionSettings;
    return keptPolicy(settings, openContentStore(workspace.dir))?.layers ?? [];
  });
}
