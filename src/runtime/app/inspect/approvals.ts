import { NexusError } from '../../../base/errors.ts';
import { findMission, openApprovals, openMissions } from '../../mission/queries.ts';
import { openQuestions } from '../../mission/question-rows.ts';
import { withHistory } from '../host/history.ts';
import type { Handler } from '../operations.ts';
import { firstOf } from '../page.ts';
import type { ApprovalItem } from '../views.ts';

/** Everything that waits for a person: tasks that must be approved before they start, and what agents ask while they work. */
export const listApprovals: Handler<'approvals.list'> = ({ mission, limit, after }, context) =>
  withHistory(context, ({ log: { db } }) => {
    const only = mission === undefined ? undefined : findMission(db, mission);
    const rows = only === undefined ? openMissions(db) : [only];
    const tasks = rows.flatMap((row) =>
      openApprovals(db, row.id).map((task): Placed => ({
        place: [0, row.first_seq, task.seq],
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
      ({ mission: id, task, title, id: question, asks, agent, action, expires, seq }): Placed => ({
        place: [1, 0, seq],
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
    const { items, next } = firstOf([...tasks, ...questions].filter(isBehind(after)), limit, ({ place }) => place.join('.'));
    return { kind: 'ApprovalList', items: items.map(({ place: _, ...item }) => item), ...next };
  });

/** With its place in the list: those before it may be answered at any moment, and so may it be. */
interface Placed extends ApprovalItem {
  place: readonly [kind: number, mission: number, entry: number];
}

/** `after`: a place, as `next` gives it. Throws `CURSOR_UNKNOWN`. */
function isBehind(after: string | undefined): (item: Placed) => boolean {
  if (after === undefined) return () => true;
  const numbers = /^([01])\.(\d{1,15})\.(\d{1,15})$/.exec(after)?.slice(1).map(Number);
  if (numbers === undefined) {
    throw new NexusError('CURSOR_UNKNOWN', `${after} is no place in this list.`, { hint: 'Begin again without it.' });
  }
  return ({ place }) => {
    const at = place.findIndex((each, index) => each !== numbers[index]);
    return at !== -1 && (place[at] ?? 0) > (numbers[at] ?? 0);
  };
}
