import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { sha256 } from '../../../base/digest.ts';
import type { TaskGraph } from '../../../spec/model.ts';
import { LOG_FILE } from '../../log/log.ts';
import { foresee } from '../../mission/foresight.ts';
import { graphText } from '../../mission/graphs.ts';
import { latestMissionOf } from '../../mission/queries.ts';
import { openContentStore } from '../../vault/content-store.ts';
import { withHistory } from '../host/history.ts';
import type { Roster } from '../host/roster.ts';
import type { ApplyInput, CallContext } from '../operations.ts';
import type { MissionView } from '../views.ts';
import { workspaceDir } from '../workspace.ts';
import { stillStands, unchangedView, type Wanted } from './still-stands.ts';

/**
 * The specification's last mission, if applying it again would run nothing and write nothing: it succeeded with this very graph, every
 * result is in the store under the key it would have now, and the product lies where it was put.
 */
export async function unchangedMission(
  { graph, roster, base, release, scan }: Omit<Wanted, 'branch'> & { graph: TaskGraph; roster: Roster },
  input: ApplyInput,
  context: CallContext,
): Promise<MissionView | undefined> {
  const dir = workspaceDir(context, input.bundle);
  // Whoever gives a mission a name wants one of that name.
  if ((input.force ?? []).length > 0 || input.mission !== undefined || !existsSync(join(dir, LOG_FILE))) return undefined;
  return withHistory({ ...context, workspace: dir }, (history) => {
    const { log, workspace } = history;
    const last = latestMissionOf(log.db, graph.specification);
    if (last === undefined || last.graph !== sha256(graphText(graph))) return undefined;
    if (!stillStands(last, { base, release, scan, branch: input.branch }, history)) return undefined;
    const foreseen = foresee(graph, {
      base: base?.key,
      history: { log, store: openContentStore(workspace.dir) },
      performerOf: roster.performerOf,
      force: new Set(),
    });
    return [...foreseen.values()].every(({ cached }) => cached) ? unchangedView(last, history) : undefined;
  });
}
