import type { Clock } from '../../../base/clock.ts';
import { NexusError } from '../../../base/errors.ts';
import { listed } from '../../../base/text.ts';
import type { LogQueries } from '../../log/database.ts';
import { type MissionRow } from '../../mission/queries.ts';
import { openQuestions, type QuestionRow, questionRow } from '../../mission/question-rows.ts';

/** The question of an agent that somebody wants to answer. Throws `NOT_FOUND`, and `MISSION_STATE` where no answer is waited for. */
export function questionToAnswer(
  { mission, kind, question, task }: { mission: MissionRow; kind: string; question: string; task: string | undefined },
  { db, clock }: { db: LogQueries; clock: Clock },
): QuestionRow {
  const row = questionRow(db, mission.id, question);
  if (row === undefined || (task !== undefined && row.task !== task)) throw unknown({ mission, question, task }, db);
  const why = whyNot(row, { kind, clock });
  if (why === undefined) return row;
  throw new NexusError('MISSION_STATE', `Question ${question} of mission ${mission.id} ${why}.`, {
    hint: '`spec-kit approvals list` shows what waits for an answer.',
    details: { mission: mission.id, question, state: row.state, expires: row.expires },
  });
}

/** A word about a task whose agent asks something must say what it answers: else it would be about whatever is asked by then. Throws `USAGE`. */
export function refuseUnnamed({ mission, task }: { mission: MissionRow; task: string }, db: LogQueries): void {
  const open = openQuestions(db, mission.id).filter((row) => row.task === task);
  const [first] = open;
  if (first === undefined) return;
  throw new NexusError(
    'USAGE',
    `The agent of ${task} asks ${listed(open.map(({ id }) => id))}: say with --question which of it is answered.`,
    {
      hint: `Add --question ${first.id}; \`spec-kit approvals list ${mission.id}\` shows what each is about.`,
      details: { mission: mission.id, task, questions: open.map(({ id, asks }) => ({ question: id, asks })) },
    },
  );
}

function whyNot(
  { state, expires, said_by: by }: QuestionRow,
  { kind, clock }: { kind: string; clock: Clock },
): string | undefined {
  switch (state) {
    case 'asked':
      return Date.parse(expires) <= clock.now() ? `stood until ${expires}` : undefined;
    case 'given':
      return kind === 'reject' ? undefined : `was approved by ${by ?? 'somebody'}`;
    case 'used':
      return `was approved by ${by ?? 'somebody'}`;
    case 'refused':
      return `was rejected by ${by ?? 'somebody'}`;
    case 'expired':
      return `stood until ${expires}`;
    default:
      return 'is asked no more: its attempt is over';
  }
}

function unknown(
  { mission, question, task }: { mission: MissionRow; question: string; task: string | undefined },
  db: LogQueries,
) {
  const open = openQuestions(db, mission.id).map(({ id }) => id);
  const about = task === undefined ? `Mission ${mission.id}` : `Task ${task} of mission ${mission.id}`;
  return new NexusError('NOT_FOUND', `${about} has no question ${question}.`, {
    hint:
      open.length === 0 ? 'No agent of it asks anything now.' : `Its agents ask ${listed(open)}: \`spec-kit approvals list\`.`,
    details: { mission: mission.id, question },
  });
}
