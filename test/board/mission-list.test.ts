import { expect, it } from 'vitest';

import { countsIn, openAfter, openMission } from '../../src/board/state/mission-list.ts';
import type { StatusView } from '../../src/runtime/app/views.ts';

it('counts the tasks of an open mission that have left no trace yet', () => {
  const begun = { id: 'a', title: 'A', state: 'succeeded', reason: null, finishedAt: '2026-01-01T00:00:01Z' };
  const status = { items: [begun], approvals: [], tasks: { total: 10_000 } } as unknown as StatusView;
  const open = openMission(status);
  expect(countsIn(open)).toMatchObject({ total: 10_000, succeeded: 1, waiting: 9_999 });
  const data = { attempt: 1, title: 'B', taskKind: 'work', key: `sha256:${'0'.repeat(64)}` };
  const event = { seq: 5, cursor: 'x.5', kind: 'task.started', at: '2026-01-01T00:00:02Z', mission: 'm', task: 'b', data };
  expect(countsIn(openAfter(open, [event]))).toMatchObject({ total: 10_000, succeeded: 1, running: 1, waiting: 9_998 });
});
