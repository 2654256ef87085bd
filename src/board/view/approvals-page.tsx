import type { JSX } from 'preact';

import { ApprovalCard } from './approval-card.tsx';
import { Empty, Loading, Title, Trouble } from './parts.tsx';
import type { Missions } from './use-open-missions.ts';

/** Everything that waits for a person, of all missions. */
export function ApprovalsPage({ missions: { items, open, error, read } }: { missions: Missions }): JSX.Element {
  const asked = (items ?? []).flatMap((item) =>
    (open.get(item.id)?.approvals ?? []).map((approval) => ({
      item,
      approval,
      title: open.get(item.id)?.titles.get(approval.task),
    })),
  );
  return (
    <>
      <div class="head">
        <Title name="Approvals">Approvals</Title>
      </div>
      {error === undefined ? null : <Trouble error={error} again={read} />}
      {items === undefined && error === undefined ? <Loading what="approvals" /> : null}
      {items !== undefined && asked.length === 0 ? <Empty>Nothing waits for a person.</Empty> : null}
      {asked.map(({ item, approval, title }) => (
        <ApprovalCard
          key={`${item.id} ${approval.task}`}
          mission={{ id: item.id, title: item.specification.title }}
          approval={approval}
          title={title ?? approval.task}
          onDone={read}
          named
        />
      ))}
    </>
  );
}
