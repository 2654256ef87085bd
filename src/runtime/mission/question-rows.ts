import type { LogQueries } from '../log/database.ts';

/** A question of an agent. `gone`: nobody waits for its answer any more; `used`: its yes has been acted on. */
export interface QuestionRow {
  mission: string;
  /** `q1`, counted in the mission. */
  id: string;
  task: string;
  title: string;
  attempt: number;
  agent: string;
  /** As JSON, secrets taken out. */
  action: string;
  rule: string;
  /** `to run npm publish`. */
  asks: string;
  state: 'asked' | 'given' | 'refused' | 'expired' | 'gone' | 'used';
  /** RFC 3339. */
  expires: string;
  asked_at: string;
  said_by: string | null;
  seq: number;
}

interface About {
  mission: string;
  task: string;
  action: string;
}

export function questionRow(db: LogQueries, mission: string, id: string): QuestionRow | undefined {
  return db.get<QuestionRow>('SELECT * FROM question WHERE mission = ? AND id = ?', mission, id);
}

/** A yes that nobody has acted on yet. */
export function givenAnswer(db: LogQueries, about: About): QuestionRow | undefined {
  return inState(db, about, 'given');
}

/** The same question, put and not answered: by an attempt that was cut off, or a moment ago. */
export function standingQuestion(db: LogQueries, about: About): QuestionRow | undefined {
  return inState(db, about, 'asked');
}

function inState(db: LogQueries, { mission, task, action }: About, state: QuestionRow['state']): QuestionRow | undefined {
  const sql = 'SELECT * FROM question WHERE mission = ? AND task = ? AND action = ? AND state = ? ORDER BY seq LIMIT 1';
  return db.get<QuestionRow>(sql, mission, task, action, state);
}

export function questionCount(db: LogQueries, mission: string): number {
  return db.get<{ count: number }>('SELECT count(*) AS count FROM question WHERE mission = ?', mission)?.count ?? 0;
}

/** Questions that can be answered, the oldest first; of one mission, or of all that are not over. */
export function openQuestions(db: LogQueries, mission?: string): QuestionRow[] {
  const open = "SELECT question.* FROM question JOIN mission ON mission.id = question.mission WHERE question.state = 'asked'";
  if (mission !== undefined) return db.all<QuestionRow>(`${open} AND mission.id = ? ORDER BY seq`, mission);
  return db.all<QuestionRow>(`${open} AND mission.finished_at IS NULL ORDER BY seq`);
}
