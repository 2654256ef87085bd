import { canonicalJson, isJsonObject, type JsonObject } from '../../base/json.ts';
import type { Entry } from '../log/entry.ts';
import type { LogStatements } from '../log/database.ts';
import { MISSION_FINISHED } from '../vault/records.ts';

/** True where the entry is about a question alone. */
type Fold = (entry: Entry, mission: string, db: LogStatements) => boolean;

const textIn = (data: JsonObject, name: string): string => {
  const value = data[name];
  return typeof value === 'string' ? value : '';
};

/** What agents ask people, and what becomes of it: a part of the projection of missions. */
export const QUESTION_FOLDS: Record<string, Fold> = {
  'question.asked': ({ data, task, at, seq }, mission, db) => {
    const action = isJsonObject(data['action']) ? canonicalJson(data['action']) : '{}';
    db.run(
      `INSERT INTO question (mission, id, task, title, attempt, agent, action, rule, asks, state, expires, asked_at, seq)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'asked', ?, ?, ?)
       ON CONFLICT (mission, id) DO UPDATE SET attempt = excluded.attempt, agent = excluded.agent, expires = excluded.expires, seq = excluded.seq
         WHERE state = 'asked'`,
      mission,
      textIn(data, 'question'),
      task ?? '',
      textIn(data, 'title'),
      Number(data['attempt']),
      textIn(data, 'agent'),
      action,
      textIn(data, 'rule'),
      textIn(data, 'asks'),
      textIn(data, 'expires'),
      at,
      seq,
    );
    return true;
  },
  'question.expired': (entry, mission, db) => answered(entry, { mission, db, state: 'expired', from: ['asked'] }),
  'word.approve': (entry, mission, db) => answered(entry, { mission, db, state: 'given', from: ['asked'] }),
  'word.reject': (entry, mission, db) => answered(entry, { mission, db, state: 'refused', from: ['asked', 'given'] }),
  // A yes counts once.
  'agent.decision': ({ data: { decision } }, mission, db) => {
    if (!isJsonObject(decision) || typeof decision['question'] !== 'string') return false;
    if (decision['verdict'] === 'allow') {
      db.run(
        "UPDATE question SET state = 'used' WHERE mission = ? AND id = ? AND state = 'given'",
        mission,
        decision['question'],
      );
    }
    return true;
  },
  'task.succeeded': forgotten,
  'task.failed': forgotten,
  'task.cancelled': forgotten,
  [MISSION_FINISHED]: (_entry, mission, db) => {
    db.run("UPDATE question SET state = 'gone' WHERE mission = ? AND state = 'asked'", mission);
    return false;
  },
};

/** Whoever asked has come to its end. A yes that it could not be told any more stands, for whoever does the task again. */
function forgotten({ task }: Entry, mission: string, db: LogStatements): boolean {
  db.run("UPDATE question SET state = 'gone' WHERE mission = ? AND task = ? AND state = 'asked'", mission, task ?? '');
  return false;
}

function answered(
  { data }: Entry,
  { mission, db, state, from }: { mission: string; db: LogStatements; state: string; from: readonly string[] },
): boolean {
  const question = data['question'];
  if (typeof question !== 'string') return false;
  const by = typeof data['by'] === 'string' ? data['by'] : null;
  const states = from.map((each) => `'${each}'`).join(', ');
  const sql = `UPDATE question SET state = ?, said_by = ? WHERE mission = ? AND id = ? AND state IN (${states})`;
  db.run(sql, state, by, mission, question);
  return true;
}
