import type { LogReader } from '../../log/log-reader.ts';
import type { MissionRow } from '../../mission/queries.ts';
import type { CallContext } from '../operations.ts';
import type { MissionView } from '../views.ts';
import type { Workspace } from '../workspace.ts';
import { missionView } from './missions.ts';

/** How a mission stands after something was done to it; says what the gate decided. */
export function missionViewOf(
  row: MissionRow,
  place: { log: LogReader; workspace: Workspace },
  { onProgress }: CallContext,
): MissionView {
  const view = missionView(row, place);
  if (row.gate !== null) onProgress?.({ type: 'gate', result: row.gate, reasons: view.gate.reasons });
  return view;
}
