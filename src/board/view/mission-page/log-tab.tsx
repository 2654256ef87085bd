import type { JSX } from 'preact';

import type { MissionModel } from '../../state/mission-model.ts';
import type { ShownEntry } from '../entries/entry-proof.tsx';
import { EntryTable } from '../entries/entry-table.tsx';
import type { MissionPlace } from '../shell/route.ts';

/** The mission's entries as they stand in the log, the last first. */
export function LogTab({ model }: { model: MissionModel; place: MissionPlace }): JSX.Element {
  const { first, omitted, last } = model.report.log;
  const entries = new Map<number, ShownEntry>();
  const mission = model.report.mission.id;
  for (const { seq, at, kind, task, data } of [...first, ...last]) entries.set(seq, { seq, at, kind, task, mission, data });
  for (const { seq, at, kind, task, data } of model.recent) {
    entries.set(seq, { seq, at, kind, task, mission, data: JSON.stringify(data) });
  }
  return (
    <>
      <p class="lead">
        {model.report.asOf.entries} entries, each of them in the verifiable log.
        {omitted > 0 ? ` ${omitted} in the middle are left out here; spec-kit logs has all.` : ''}
      </p>
      <EntryTable entries={[...entries.values()].toSorted((a, b) => b.seq - a.seq)} />
    </>
  );
}
