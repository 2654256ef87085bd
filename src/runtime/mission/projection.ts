import type { Entry } from '../log/entry.ts';
import type { LogStatements } from '../log/database.ts';
import type { Projection } from '../log/projection.ts';
import {
  ARTIFACT_RECORDED,
  GATE_DECIDED,
  MISSION_CREATED,
  MISSION_FINISHED,
  STATEMENT_RECORDED,
  VALIDATION_RECORDED,
} from '../vault/records.ts';
import type { MissionCreated } from './records.ts';

/**
 * Missions, tasks, results and evidence as tables: a fold over the log, made in the transaction that appends, thrown away and made
 * again whenever `version` changes.
 */
export const missionProjection: Projection = {
  name: 'mission',
  version: 1,
  schema: `
    CREATE TABLE mission (
      id TEXT PRIMARY KEY, specification TEXT NOT NULL, title TEXT NOT NULL, dialect TEXT NOT NULL, digest TEXT NOT NULL,
      objective TEXT NOT NULL, priority TEXT NOT NULL, originating_spec TEXT NOT NULL, graph TEXT NOT NULL, tasks INTEGER NOT NULL,
      state TEXT NOT NULL, head TEXT, gate TEXT, gate_reasons TEXT, reason TEXT, started_at TEXT NOT NULL, finished_at TEXT,
      first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL) WITHOUT ROWID;
    CREATE INDEX mission_by_specification ON mission (specification, first_seq);
    CREATE TABLE task (
      mission TEXT NOT NULL, id TEXT NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, attempt INTEGER NOT NULL,
      key TEXT, manifest TEXT, output TEXT, tree TEXT, origin TEXT, reason TEXT, started_at TEXT, finished_at TEXT, seq INTEGER NOT NULL,
      PRIMARY KEY (mission, id)) WITHOUT ROWID;
    CREATE TABLE result (
      key TEXT PRIMARY KEY, mission TEXT NOT NULL, task TEXT NOT NULL, output TEXT NOT NULL, tree TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE evidence (
      seq INTEGER PRIMARY KEY, mission TEXT NOT NULL, task TEXT, kind TEXT NOT NULL, name TEXT NOT NULL, bundle TEXT);
    CREATE INDEX evidence_by_task ON evidence (mission, task);
  `,
  apply(entry, db) {
    FOLDS[entry.kind]?.(entry, entry.mission ?? '', db);
    if (entry.mission !== undefined) db.run('UPDATE mission SET last_seq = ? WHERE id = ?', entry.seq, entry.mission);
  },
};

type Fold = (entry: Entry, mission: string, db: LogStatements) => void;

const text = (entry: Entry, field: string): string | null => {
  const value = entry.data[field];
  return typeof value === 'string' ? value : null;
};

const FOLDS: Record<string, Fold> = {
  [MISSION_CREATED]: (entry, mission, db) => {
    const { prompt, specification, graph, tasks } = entry.data as unknown as MissionCreated;
    db.run(
      `INSERT INTO mission (id, specification, title, dialect, digest, objective, priority, originating_spec, graph, tasks, state,
        started_at, first_seq, last_seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'running', ?, ?, ?)`,

      mission,
      specification.id,
      specification.title,
      specification.dialect,
      specification.digest,
      prompt.objective,
      prompt.priority,
      prompt.originatingSpec,
      graph,
      tasks,
      entry.at,
      entry.seq,
      entry.seq,
    );
  },
  'mission.resumed': (_entry, mission, db) => {
    db.run("UPDATE mission SET state = 'running', finished_at = NULL WHERE id = ?", mission);
  },
  'mission.interrupted': (_entry, mission, db) => {
    db.run("UPDATE mission SET state = 'waiting' WHERE id = ?", mission);
    db.run("UPDATE task SET state = 'waiting' WHERE mission = ? AND state = 'running'", mission);
  },
  [MISSION_FINISHED]: (entry, mission, db) => {
    db.run(
      'UPDATE mission SET state = ?, head = coalesce(?, head), reason = ?, finished_at = ? WHERE id = ?',

      text(entry, 'state'),
      text(entry, 'head'),
      text(entry, 'reason'),
      entry.at,
      mission,
    );
  },
  'task.started': (entry, mission, db) => {
    db.run(
      `INSERT INTO task (mission, id, title, kind, state, attempt, key, manifest, started_at, seq)
       VALUES (?, ?, ?, ?, 'running', ?, ?, ?, ?, ?)
       ON CONFLICT (mission, id) DO UPDATE SET state = 'running', attempt = excluded.attempt, key = excluded.key,
         manifest = excluded.manifest, started_at = excluded.started_at, finished_at = NULL, reason = NULL, seq = excluded.seq`,
      mission,
      entry.task ?? '',
      ...heading(entry),
      Number(entry.data['attempt']),
      text(entry, 'key'),
      text(entry, 'manifest'),
      entry.at,
      entry.seq,
    );
  },
  'task.succeeded': (entry, mission, db) => {
    const [key, output, tree] = [text(entry, 'key'), text(entry, 'output'), text(entry, 'tree')];
    db.run(
      "UPDATE task SET state = 'succeeded', output = ?, tree = ?, finished_at = ?, seq = ? WHERE mission = ? AND id = ?",

      output,
      tree,
      entry.at,
      entry.seq,
      mission,
      entry.task ?? '',
    );
    db.run(
      'INSERT OR REPLACE INTO result (key, mission, task, output, tree) VALUES (?, ?, ?, ?, ?)',

      key,
      mission,
      entry.task ?? '',
      output,
      tree,
    );
  },
  'task.cached': (entry, mission, db) => {
    db.run(
      `INSERT OR REPLACE INTO task (mission, id, title, kind, state, attempt, key, manifest, output, tree, origin, finished_at, seq)
       VALUES (?, ?, ?, ?, 'cached', 0, ?, ?, ?, ?, ?, ?, ?)`,

      mission,
      entry.task ?? '',
      ...heading(entry),
      text(entry, 'key'),
      text(entry, 'manifest'),
      text(entry, 'output'),
      text(entry, 'tree'),
      text(entry, 'origin'),
      entry.at,
      entry.seq,
    );
  },
  'task.failed': (entry, mission, db) => {
    db.run(
      "UPDATE task SET state = 'failed', reason = ?, finished_at = ?, seq = ? WHERE mission = ? AND id = ?",

      text(entry, 'reason'),
      entry.at,
      entry.seq,
      mission,
      entry.task ?? '',
    );
  },
  'task.skipped': (entry, mission, db) => {
    db.run(
      `INSERT OR REPLACE INTO task (mission, id, title, kind, state, attempt, reason, finished_at, seq)
       VALUES (?, ?, ?, ?, 'skipped', 0, ?, ?, ?)`,
      mission,
      entry.task ?? '',
      ...heading(entry),
      text(entry, 'reason'),
      entry.at,
      entry.seq,
    );
  },
  [GATE_DECIDED]: (entry, mission, db) => {
    db.run(
      'UPDATE mission SET gate = ?, gate_reasons = ?, head = coalesce(?, head) WHERE id = ?',

      text(entry, 'result'),
      JSON.stringify(entry.data['reasons'] ?? []),
      text(entry, 'head'),
      mission,
    );
    addEvidence(entry, mission, db);
  },
  [ARTIFACT_RECORDED]: addEvidence,
  [STATEMENT_RECORDED]: addEvidence,
  [VALIDATION_RECORDED]: addEvidence,
};

function addEvidence(entry: Entry, mission: string, db: LogStatements): void {
  const name = text(entry, 'name') ?? text(entry, 'path') ?? entry.kind;
  db.run(
    'INSERT INTO evidence (seq, mission, task, kind, name, bundle) VALUES (?, ?, ?, ?, ?, ?)',

    entry.seq,
    mission,
    entry.task ?? null,
    entry.kind,
    name,
    text(entry, 'bundle'),
  );
}

const heading = (entry: Entry): [string | null, string | null] => [text(entry, 'title'), text(entry, 'taskKind')];
