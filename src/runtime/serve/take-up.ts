import type { Host } from '../app/host/host.ts';
import { type MissionRow, missionRows } from '../mission/queries.ts';

const STOPPING = 'server.stopping';

/** Says which missions are left for the next start. Not those that somebody else has begun and stopped: they are for whoever did. */
export async function leaveMissions({ engine: { log, loop } }: Host): Promise<void> {
  const missions = missionRows(log.db, ['planned', 'running', 'waiting'])
    .map(({ id }) => id)
    .filter((id) => loop.drives(id));
  if (missions.length > 0) await log.append([{ kind: STOPPING, data: { missions } }]);
}

/** Takes up what the last process was at when it died, or left when it was told to stop. `refused`: told of each that cannot be gone on with. */
export async function takeUpMissions(host: Host, refused: (mission: string, error: unknown) => void): Promise<void> {
  const rows = missionRows(host.engine.log.db, ['planned', 'running', 'waiting']);
  // As they were begun.
  for (const row of rows.toReversed().filter((each) => isLeft(each, host))) {
    if (host.engine.loop.drives(row.id)) continue;
    const { dir: cwd } = host.engine.workspace;
    try {
      await host.begin((onStart) => host.resume(row, { cwd }, { onStart }));
    } catch (error) {
      refused(row.id, error);
    }
  }
}

/** Nobody stopped it; or the server did, on its way out. */
function isLeft({ id, state, reason, first_seq: from, last_seq: to }: MissionRow, { engine: { log } }: Host): boolean {
  if (state !== 'waiting') return true;
  if (reason !== null) return false;
  const last = [...log.entries({ from, to, kinds: [STOPPING] })].at(-1)?.data['missions'];
  return Array.isArray(last) && last.includes(id);
}
