import type { StatusView } from '../../runtime/app/views.ts';
import type { Report } from '../../runtime/report/model/report.ts';
import {
  NEW_TASK,
  NOTHING_TOLD,
  type OpenQuestion,
  type Standing,
  type TaskStanding,
} from '../../runtime/report/standing/standing.ts';
import { totalUsage } from '../../runtime/report/standing/usage.ts';

/** How a mission stood when its status was read. */
export function standingAt(status: StatusView): Standing {
  const tasks = status.items.map(({ id, state, reason, finishedAt }) => ({ id, state, reason, finishedAt }));
  return {
    ...NOTHING_TOLD,
    mission: { ...NOTHING_TOLD.mission, questions: questionsIn(status) },
    tasks: withApprovals(tasks, status),
  };
}

/** How it stood at the last entry that its report was made from; who is waited for tells its status. */
export function standingIn({ mission, gate, asOf, tasks, runs }: Report, status: StatusView): Standing {
  const { state, reason, priority, finishedAt, startedAt } = mission;
  return {
    mission: {
      state,
      reason,
      priority,
      finishedAt,
      gate,
      budget: status.budget ?? {},
      spent: spentOn(tasks),
      wall: status.spent.wall,
      sessionAt: null,
      origin: Date.parse(startedAt),
      runs: runs.map((run) => (run.ended === 'running' ? { ...run, end: null } : run)),
      questions: questionsIn(status),
    },
    tasks: withApprovals(tasks, status),
    asOf,
    workedAt: null,
  };
}

/** As the engine counts: an attempt once it has ended by itself. From the tasks alone, so that it always is of the same moment as they are. */
function spentOn(tasks: Report['tasks']): Standing['mission']['spent'] {
  const { tokens, money, energy } = totalUsage(tasks.map(({ usage }) => usage)) ?? { tokens: 0, money: 0, energy: 0 };
  const over = tasks.flatMap(({ attempts }) => attempts).filter(({ outcome }) => outcome === 'succeeded' || outcome === 'failed');
  return { tokens: tokens ?? 0, money: money ?? 0, energy: energy ?? 0, attempts: over.length };
}

function questionsIn({ approvals }: StatusView): OpenQuestion[] {
  return approvals.flatMap(({ task, expires, question: id, asks }) =>
    id === undefined ? [] : [{ id, task, asks: asks ?? '', expires: expires ?? '' }],
  );
}

function withApprovals(
  tasks: readonly (Pick<TaskStanding, 'state' | 'reason'> & Partial<TaskStanding> & { id: string })[],
  { approvals }: StatusView,
): Map<string, TaskStanding> {
  const asked = new Map(approvals.flatMap(({ task, expires, question }) => (question === undefined ? [[task, expires]] : [])));
  return new Map(
    tasks.map(({ id, state, reason, finishedAt = null, settled = null, attempts = [] }) => {
      const expires = asked.get(id);
      const approval = expires === undefined ? {} : { approval: 'asked' as const, expires };
      return [id, { ...NEW_TASK, state, reason, finishedAt, settled, attempts, ...approval }];
    }),
  );
}
