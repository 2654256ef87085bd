import type { JSX } from 'preact';

import { countsIn } from '../../state/mission-list.ts';
import { ApprovalCard } from './approval-card.tsx';
import { Empty, Loading, Title, Trouble } from '../parts/parts.tsx';
import type { Missions } from './use-open-missions.ts';

/** Everything that waits for a person, of all missions. */
export function ApprovalsPage({ missions: { items, open, error, read } }: { missions: Missions }): JSX.Element {
  const asked = (items ?? []).flatMap((item) => {
    const mission = open.get(item.id);
    return mission === undefined ? [] : mission.approvals.map((approval) => ({ item, mission, approval }));
  });
  return (
    <>
      <div class="head">
        <Title name="Approvals">Approvals</Title>
      </div>
      {error === undefined ? null : <Trouble error={error} again={read} />}
      {items === undefined && error === undefined ? <Loading what="approvals" /> : null}
      {items !== undefined && asked.length === 0 ? <Empty>Nothing waits for a person.</Empty> : null}
      {asked.map(({ item, mission, approval }) => (
        <ApprovalCard
          key={`${item.id} ${approval.task} ${approval.question ?? ''}`}
          mission={{ id: item.id, title: item.specification.title }}
          approval={approval}
          title={mission.titles.get(approval.task) ?? approval.task}
          counts={countsIn(mission)}
          onDone={read}
          named
        />
      ))}
    </>
  );
}
