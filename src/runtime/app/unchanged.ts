import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { sha256 } from '../../base/digest.ts';
import type { TaskGraph } from '../../spec/model.ts';
import { foresee } from '../mission/foresight.ts';
import { graphText } from '../mission/graphs.ts';
import { isPublished } from '../mission/publish-product.ts';
import { latestMissionOf, type MissionRow } from '../mission/queries.ts';
import { openContentStore } from '../vault/content-store.ts';
import type { MissionSettings } from '../mission/settings.ts';
import { startsFrom } from '../mission/starts-from.ts';
import type { BaseCommit } from '../workspace/git/base-commit.ts';
import { withHistory } from './history.ts';
import { missionView } from './missions.ts';
import type { ApplyInput, CallContext } from './operations.ts';
import { isSamePolicy, type ReleaseSource } from './release-policy.ts';
import type { Roster } from './roster.ts';
import type { MissionView } from './views.ts';
import { workspaceDir } from './workspace.ts';

/**
 * The specification's last mission, if applying it again would run nothing and write nothing: it succeeded with this very graph, every
 * result is in the store under the key it would have now, and the product lies where it was put.
 */
export async function unchangedMission(
  { graph, roster, base, release }: Wanted,
  input: ApplyInput,
  context: CallContext,
): Promise<MissionView | undefined> {
  const dir = workspaceDir(context, input.bundle);
  // Whoever gives a mission a name wants one of that name.
  if ((input.force ?? []).length > 0 || input.mission !== undefined || !existsSync(join(dir, 'log.db'))) return undefined;
  return withHistory({ ...context, workspace: dir }, ({ log, workspace }) => {
    const last = latestMissionOf(log.db, graph.specification);
    if (last?.state !== 'succeeded' || last.graph !== sha256(graphText(graph))) return undefined;
    if (last.gate === 'pass' && !(last.head && isPublished(last.head, workspace.build(graph.specification)))) return undefined;
    if (!startsFrom(last, base?.key) || !isPlaced(last, input) || !isHeldTo(last, release)) return undefined;
    const foreseen = foresee(graph, {
      base: base?.key,
      history: { db: log.db, store: openContentStore(workspace.dir) },
      performerOf: roster.performerOf,
      force: new Set(),
    });
    if (![...foreseen.values()].every(({ cached }) => cached)) return undefined;
    const view = missionView(last, { log, workspace });
    return { ...view, tasks: { ...view.tasks, succeeded: 0, cached: view.tasks.total }, unchanged: true };
  });
}

interface Wanted {
  graph: TaskGraph;
  roster: Roster;
  base: BaseCommit | undefined;
  release: ReleaseSource | undefined;
}

/** Its gate asked the policy that is to be asked now. */
function isHeldTo({ settings }: MissionRow, release: ReleaseSource | undefined): boolean {
  return isSamePolicy((JSON.parse(settings) as MissionSettings).release, release?.setting);
}

/** The result is on the branch that is wanted, or there is none to be put anywhere. Whoever has moved or removed it since may do so. */
function isPlaced({ base, branch }: MissionRow, input: ApplyInput): boolean {
  return base === null || (branch !== null && (input.branch === undefined || input.branch === branch));
}
