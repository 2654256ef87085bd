import type { Digest } from '../../../base/digest.ts';
import { isPublished } from '../../mission/is-published.ts';
import type { MissionRow } from '../../mission/queries.ts';
import type { MissionSettings, ScanSetting } from '../../mission/settings.ts';
import { startsFrom } from '../../mission/starts-from.ts';
import type { BaseCommit } from '../../workspace/git/base-commit.ts';
import type { History } from '../host/history.ts';
import { missionView } from '../inspect/missions.ts';
import { isSameScan } from '../judging/scan-terms.ts';
import type { ApplyInput } from '../operations.ts';
import { isSamePolicy, type ReleaseSource } from '../policies/release-policy.ts';
import type { MissionView } from '../views.ts';

/** What is asked of a mission's end, beside its tasks. */
export interface Wanted {
  base: Pick<BaseCommit, 'key'> | undefined;
  release: ReleaseSource | undefined;
  scan: ScanSetting | undefined;
  branch: ApplyInput['branch'];
}

/** The mission succeeded, from this commit and under this policy, and what it has made lies where it was put. */
export function stillStands(
  last: MissionRow,
  { base, release, scan, branch }: Wanted,
  { workspace }: Pick<History, 'workspace'>,
): boolean {
  if (last.state !== 'succeeded') return false;
  if (last.gate === 'pass' && !(last.head && isPublished(last.head, workspace.build(last.specification)))) return false;
  return startsFrom(last, base?.key) && isPlaced(last, branch) && isHeldTo(last, { release, scan });
}

/** Its gate asked the policy that is to be asked now, and had the product scanned as it is to be. */
function isHeldTo({ settings }: MissionRow, { release, scan }: Pick<Wanted, 'release' | 'scan'>): boolean {
  const kept = JSON.parse(settings) as MissionSettings;
  return isSamePolicy(kept.release, release?.setting) && isSameScan(kept.scan, scan);
}

/** The result is on the branch that is wanted, or there is none to be put anywhere. Whoever has moved or removed it since may do so. */
function isPlaced({ base, branch }: MissionRow, wanted: ApplyInput['branch']): boolean {
  return base === null || (branch !== null && (wanted === undefined || wanted === branch));
}

/** What tasks have left, looked up once each: those that leave nothing all leave the same. */
export function areStored(tasks: readonly { tree: Digest }[], store: { has(digest: Digest): boolean }): boolean {
  return [...new Set(tasks.map(({ tree }) => tree))].every((tree) => store.has(tree));
}

/** The mission as what it would come to again. */
export function unchangedView(last: MissionRow, history: History): MissionView {
  const view = missionView(last, history);
  return { ...view, tasks: { ...view.tasks, succeeded: 0, cached: view.tasks.total }, unchanged: true };
}
