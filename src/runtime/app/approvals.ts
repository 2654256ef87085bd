import { findMission, openApprovals, openMissions } from '../mission/queries.ts';
import { openQuestions } from '../mission/question-rows.ts';
import { withHistory } from './history.ts';
import type { Handler } from './operations.ts';
import type { ApprovalItem } from './views.ts';

/** Everything that waits for a person: tasks that must be approved before they start, and what agents ask while they work. */
export const listApprovals: Handler<'approvals.list'> = ({ mission }, context) =>
  withHistory(context, ({ log: { db } }) => {
    const only = mission === undefined ? undefined : findMission(db, mission);
    const rows = only === undefined ? openMissions(db) : [only];
    const tasks = rows.flatMap((row) =>
      openApprovals(db, row.id).map((task): ApprovalItem => ({
        mission: row.id,
        task: task.id,
        title: task.title,
        question: null,
        asks: 'to start',
        agent: null,
        action: null,
        expires: task.approval_expires,
      })),
    );
    const questions = openQuestions(db, only?.id).map(
      ({ mission: id, task, title, id: question, asks, agent, action, expires }): ApprovalItem => ({
        mission: id,
        task,
        title,
        question,
        asks,
        agent,
        action: JSON.parse(action),
        expires,
      }),
    );
    return { kind: 'ApprovalList', items: [...tasks, ...questions] };
  });
