import { isJsonObject } from '../../base/json.ts';
import { ASSEMBLE, SCAFFOLD, WORK } from '../../spec/graph/task.ts';
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
import { readApprovalWord } from '../vault/approval.ts';
import { PAYLOADS_REMOVING } from '../vault/payload-removal.ts';
import { QUESTION_FOLDS } from './question-folds.ts';
import type { MissionCreated } from './records.ts';
import { stretchesOf } from './stretches.ts';

/**
 * Missions, tasks, results and evidence as tables: a fold over the log, made in the transaction that appends, thrown away and made
 * again whenever `version` changes. Rows are short, since each task changes its own several times: its manifest stays in the entry that has it.
 */
export const missionProjection: Projection = {
  name: 'mission',
  version: 11,
  schema: `
    CREATE TABLE mission (
      id TEXT PRIMARY KEY, specification TEXT NOT NULL, title TEXT NOT NULL, dialect TEXT NOT NULL, digest TEXT NOT NULL,
      objective TEXT NOT NULL, priority TEXT NOT NULL, originating_spec TEXT NOT NULL, graph TEXT NOT NULL, tasks INTEGER NOT NULL,
      state TEXT NOT NULL, head TEXT, gate TEXT, gate_reasons TEXT, reason TEXT, started_at TEXT NOT NULL, finished_at TEXT,
      settings TEXT NOT NULL, base TEXT, inputs TEXT, reading TEXT, result TEXT, branch TEXT, branch_refused TEXT, cancelled INTEGER NOT NULL DEFAULT 0, session_at TEXT NOT NULL, worked_at TEXT NOT NULL, last_at TEXT NOT NULL,
      wall INTEGER NOT NULL DEFAULT 0, tokens INTEGER NOT NULL DEFAULT 0, money REAL NOT NULL DEFAULT 0, energy REAL NOT NULL DEFAULT 0,
      attempts INTEGER NOT NULL DEFAULT 0, first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL) WITHOUT ROWID;
    CREATE INDEX mission_by_specification ON mission (specification, first_seq);
    CREATE INDEX mission_by_inputs ON mission (inputs, first_seq) WHERE inputs IS NOT NULL;
    CREATE TABLE task (
      mission TEXT NOT NULL, id TEXT NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, attempt INTEGER NOT NULL,
      key TEXT, output TEXT, tree TEXT, origin TEXT, reason TEXT, started_at TEXT, finished_at TEXT,
      failures INTEGER NOT NULL DEFAULT 0, feedback TEXT, blames TEXT, onto TEXT, approval TEXT, approval_expires TEXT, approval_product TEXT, tokens INTEGER NOT NULL DEFAULT 0,
      money REAL NOT NULL DEFAULT 0, energy REAL NOT NULL DEFAULT 0, seq INTEGER NOT NULL, manifest_seq INTEGER,
      PRIMARY KEY (mission, id)) WITHOUT ROWID;
    CREATE TABLE result (
      key TEXT PRIMARY KEY, mission TEXT NOT NULL, task TEXT NOT NULL, output TEXT NOT NULL, tree TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE evidence (
      seq INTEGER PRIMARY KEY, mission TEXT NOT NULL, task TEXT, kind TEXT NOT NULL, name TEXT NOT NULL, bundle TEXT);
    CREATE TABLE question (
      mission TEXT NOT NULL, id TEXT NOT NULL, task TEXT NOT NULL, title TEXT NOT NULL, attempt INTEGER NOT NULL, agent TEXT NOT NULL,
      action TEXT NOT NULL, rule TEXT NOT NULL, asks TEXT NOT NULL, state TEXT NOT NULL, expires TEXT NOT NULL, asked_at TEXT NOT NULL, said_by TEXT,
      seq INTEGER NOT NULL, PRIMARY KEY (mission, id)) WITHOUT ROWID;
    CREATE INDEX evidence_by_task ON evidence (mission, task);
    CREATE TABLE unsigned_word (mission TEXT NOT NULL, request TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (mission, request)) WITHOUT ROWID;
  `,
  apply(entries, db) {
    for (const stretch of stretchesOf(entries)) {
      for (const entry of stretch) fold(entry, db);
      touchMission(stretch, db);
    }
  },
};

function fold(entry: Entry, db: LogStatements): void {
  const mission = entry.mission ?? '';
  foldSigning(entry, mission, db);
  if (QUESTION_FOLDS[entry.kind]?.(entry, mission, db) !== true) FOLDS[entry.kind]?.(entry, mission, db);
}

/** What each entry says of its mission, whatever it is about. */
function touchMission(stretch: readonly Entry[], db: LogStatements): void {
  const last = stretch.at(-1);
  if (last?.mission === undefined) return;
  const { seq, at, mission } = last;
  if (isWord(last)) return db.run('UPDATE mission SET last_seq = ?, last_at = ? WHERE id = ?', seq, at, mission);
  const sql = `UPDATE mission SET last_seq = ?, last_at = ?, ${AT_WORK}, attempts = attempts + ? WHERE id = ?`;
  db.run(sql, seq, at, at, stretch.filter(endsAttempt).length, mission);
}

type Fold = (entry: Entry, mission: string, db: LogStatements) => void;

/** What people say takes no time at work: they may say it to a mission that nobody drives. */
const isWord = ({ kind }: Entry): boolean => kind.startsWith('word.');

/** A task that nobody approved has failed without an attempt. */
const endsAttempt = ({ kind, data }: Entry): boolean =>
  (kind === 'task.succeeded' || kind === 'task.failed') && data['attempt'] !== 0;

/** The last sign of life of whoever drives a mission. */
const AT_WORK = "worked_at = CASE WHEN state = 'running' THEN ? ELSE worked_at END";

const text = (entry: Entry, field: string): string | null => {
  const value = entry.data[field];
  return typeof value === 'string' ? value : null;
};

/** JSON list of ids. */
function listIn(entry: Entry, field: string): string | null {
  const value = entry.data[field];
  return Array.isArray(value) ? JSON.stringify(value) : null;
}

const FOLDS: Record<string, Fold> = {
  [MISSION_CREATED]: (entry, mission, db) => {
    const { prompt, specification, graph, tasks, settings, base, reading } = entry.data as unknown as MissionCreated;
    db.run(
      `INSERT INTO mission (id, specification, title, dialect, digest, objective, priority, originating_spec, graph, tasks, state,
        settings, base, inputs, reading, started_at, session_at, worked_at, last_at, first_seq, last_seq)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'running', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
      JSON.stringify(settings ?? {}),
      base === undefined ? null : JSON.stringify(base),
      reading?.inputs ?? null,
      reading?.notes ?? null,
      entry.at,
      entry.at,
      entry.at,
      entry.at,
      entry.seq,
      entry.seq,
    );
  },
  // Who goes on from other inputs finds some tasks done under those, and some under these.
  // The time at work is what lies between the first entry of each session and the last of whoever drove it: also of one that was killed.
  'mission.resumed': (entry, mission, db) => {
    db.run(
      `UPDATE mission SET state = 'running', finished_at = NULL, reason = NULL, session_at = ?, settings = ?, inputs = CASE WHEN inputs = ? THEN inputs END,
        wall = wall + max(0, CAST((julianday(worked_at) - julianday(session_at)) * 86400000 AS INTEGER)) WHERE id = ?`,
      entry.at,
      JSON.stringify(entry.data['settings'] ?? {}),
      text(entry, 'inputs'),
      mission,
    );
    db.run("UPDATE task SET state = 'waiting' WHERE mission = ? AND state = 'running'", mission);
  },
  // A result that is no longer whole is none that anybody may take.
  [PAYLOADS_REMOVING]: (entry, _mission, db) => {
    db.run('DELETE FROM result WHERE tree IN (SELECT value FROM json_each(?))', listIn(entry, 'trees') ?? '[]');
  },
  'mission.slept': (entry, mission, db) => {
    db.run('UPDATE mission SET wall = wall - ? WHERE id = ?', Number(entry.data['milliseconds']), mission);
  },
  'mission.waiting': (entry, mission, db) => {
    db.run(`UPDATE mission SET state = 'waiting', reason = ?, ${AT_WORK} WHERE id = ?`, text(entry, 'reason'), entry.at, mission);
  },
  'word.cancel': (entry, mission, db) => {
    if (entry.task === undefined) db.run('UPDATE mission SET cancelled = 1 WHERE id = ?', mission);
    else {
      db.run(
        `INSERT INTO task (mission, id, title, kind, state, attempt, seq) VALUES (?, ?, ?, ?, 'cancelled', 0, ?)
         ON CONFLICT (mission, id) DO UPDATE SET state = 'cancelled' WHERE state IN ('waiting', 'running')`,
        mission,
        entry.task,
        ...heading(entry),
        entry.seq,
      );
    }
  },
  'word.prioritise': (entry, mission, db) => {
    db.run('UPDATE mission SET priority = ? WHERE id = ?', text(entry, 'priority'), mission);
  },
  // What was skipped is judged anew: it may still stand above something else that has failed.
  'word.retry': (entry, mission, db) => {
    // Somebody, or time, has said no: who wants it again is asked again.
    const again = `UPDATE task SET state = 'waiting', failures = 0, feedback = coalesce(?, feedback), blames = NULL,
      approval = CASE WHEN approval = 'given' THEN approval END, approval_expires = NULL WHERE mission = ? AND`;
    const note = text(entry, 'note') || null;
    db.run(
      `UPDATE mission SET cancelled = 0, reason = NULL, finished_at = NULL,
        state = CASE WHEN state IN ('failed', 'cancelled') THEN 'waiting' ELSE state END WHERE id = ?`,
      mission,
    );
    db.run("UPDATE task SET state = 'waiting' WHERE mission = ? AND state = 'skipped'", mission);
    if (entry.task === undefined) db.run(`${again} state IN ('failed', 'cancelled')`, note, mission);
    else db.run(`${again} id = ? AND state IN ('failed', 'cancelled')`, note, mission, entry.task);
  },
  'word.approve': (entry, mission, db) => {
    answer(entry, { mission, db, approval: 'given' });
    db.run(
      `UPDATE mission SET reason = 'What it waited for was approved.' WHERE id = ? AND state = 'waiting'
        AND NOT EXISTS (SELECT 1 FROM task WHERE mission = mission.id AND approval = 'asked')`,
      mission,
    );
  },
  'word.reject': (entry, mission, db) => answer(entry, { mission, db, approval: 'refused' }),
  'approval.expired': (entry, mission, db) => answer(entry, { mission, db, approval: 'expired' }),
  'approval.asked': (entry, mission, db) => {
    db.run(
      `INSERT INTO task (mission, id, title, kind, state, attempt, approval, approval_expires, approval_product, seq)
       VALUES (?, ?, ?, ?, 'waiting', 0, 'asked', ?, ?, ?)
       ON CONFLICT (mission, id) DO UPDATE SET title = excluded.title, kind = excluded.kind, state = 'waiting',
         approval = CASE WHEN approval = 'given' THEN 'given' ELSE 'asked' END, approval_expires = excluded.approval_expires,
         approval_product = excluded.approval_product`,
      mission,
      entry.task ?? '',
      ...heading(entry),
      text(entry, 'expires'),
      text(entry, 'product'),
      entry.seq,
    );
  },
  'mission.interrupted': (entry, mission, db) => {
    db.run(`UPDATE mission SET state = 'waiting', ${AT_WORK} WHERE id = ?`, entry.at, mission);
    db.run("UPDATE task SET state = 'waiting' WHERE mission = ? AND state = 'running'", mission);
  },
  [MISSION_FINISHED]: (entry, mission, db) => {
    db.run(
      `UPDATE mission SET state = ?, head = coalesce(?, head), reason = ?, finished_at = ?, ${AT_WORK} WHERE id = ?`,
      text(entry, 'state'),
      text(entry, 'head'),
      text(entry, 'reason'),
      entry.at,
      entry.at,
      mission,
    );
  },
  'result.committed': (entry, mission, db) => {
    db.run('UPDATE mission SET result = ? WHERE id = ?', text(entry, 'commit'), mission);
  },
  'branch.moved': (entry, mission, db) => {
    db.run('UPDATE mission SET branch = ?, branch_refused = NULL WHERE id = ?', text(entry, 'branch'), mission);
  },
  'branch.refused': (entry, mission, db) => {
    db.run('UPDATE mission SET branch_refused = ? WHERE id = ?', text(entry, 'reason'), mission);
  },
  'task.started': (entry, mission, db) => {
    db.run(
      `INSERT INTO task (mission, id, title, kind, state, attempt, key, manifest_seq, onto, started_at, seq)
       VALUES (?, ?, ?, ?, 'running', ?, ?, ?, ?, ?, ?)
       ON CONFLICT (mission, id) DO UPDATE SET state = 'running', title = excluded.title, kind = excluded.kind, attempt = excluded.attempt, key = excluded.key,
         manifest_seq = excluded.manifest_seq, onto = coalesce(excluded.onto, onto), started_at = excluded.started_at, finished_at = NULL,
         reason = NULL, blames = NULL, origin = NULL,
         seq = excluded.seq`,
      mission,
      entry.task ?? '',
      ...heading(entry),
      Number(entry.data['attempt']),
      text(entry, 'key'),
      entry.seq,
      listIn(entry, 'onto'),
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
    addUsage(entry, mission, db);
    if (entry.data['checked'] !== true) {
      db.run(
        'INSERT OR REPLACE INTO result (key, mission, task, output, tree) VALUES (?, ?, ?, ?, ?)',
        key,
        mission,
        entry.task ?? '',
        output,
        tree,
      );
    }
    proveResults(text(entry, 'verifies'), mission, db);
  },
  // Attempts and approvals stay on record: their numbers are never given twice.
  'task.cached': (entry, mission, db) => {
    db.run(
      `INSERT INTO task (mission, id, title, kind, state, attempt, key, manifest_seq, onto, output, tree, origin, finished_at, seq)
       VALUES (?, ?, ?, ?, 'cached', 0, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (mission, id) DO UPDATE SET state = 'cached', title = excluded.title, kind = excluded.kind, key = excluded.key,
         manifest_seq = excluded.manifest_seq, onto = coalesce(excluded.onto, onto), output = excluded.output, tree = excluded.tree, origin = excluded.origin, reason = NULL,
         finished_at = excluded.finished_at, seq = excluded.seq`,
      mission,
      entry.task ?? '',
      ...heading(entry),
      text(entry, 'key'),
      entry.seq,
      listIn(entry, 'onto'),
      text(entry, 'output'),
      text(entry, 'tree'),
      text(entry, 'origin'),
      entry.at,
      entry.seq,
    );
    proveResults(text(entry, 'verifies'), mission, db);
  },
  'task.failed': (entry, mission, db) => {
    const reason = text(entry, 'reason');
    db.run(
      `UPDATE task SET state = 'failed', reason = ?, feedback = ?, blames = ?, onto = coalesce(?, onto), failures = failures + 1,
       finished_at = ?, seq = ? WHERE mission = ? AND id = ?`,
      reason,
      reason,
      listIn(entry, 'blames'),
      listIn(entry, 'onto'),
      entry.at,
      entry.seq,
      mission,
      entry.task ?? '',
    );
    addUsage(entry, mission, db);
  },
  'task.lost': (entry, mission, db) => {
    db.run(
      "UPDATE task SET state = 'waiting', reason = ?, seq = ? WHERE mission = ? AND id = ?",
      text(entry, 'reason'),
      entry.seq,
      mission,
      entry.task ?? '',
    );
  },
  // A result that was found at fault is no longer one that anybody may take.
  'task.reopened': (entry, mission, db) => {
    const [task, feedback, onto] = [entry.task ?? '', text(entry, 'feedback'), listIn(entry, 'onto')];
    if (onto === null)
      db.run('DELETE FROM result WHERE key = (SELECT key FROM task WHERE mission = ? AND id = ?)', mission, task);
    db.run(
      "UPDATE task SET state = 'waiting', failures = failures + 1, feedback = ?, onto = coalesce(?, onto) WHERE mission = ? AND id = ?",
      feedback,
      onto,
      mission,
      task,
    );
    db.run('UPDATE task SET blames = NULL WHERE mission = ? AND id = ?', mission, text(entry, 'because'));
  },
  'task.cancelled': (entry, mission, db) => {
    db.run(
      `INSERT INTO task (mission, id, title, kind, state, attempt, finished_at, seq) VALUES (?, ?, ?, ?, 'cancelled', 0, ?, ?)
       ON CONFLICT (mission, id) DO UPDATE SET state = 'cancelled', finished_at = excluded.finished_at, seq = excluded.seq`,
      mission,
      entry.task ?? '',
      ...heading(entry),
      entry.at,
      entry.seq,
    );
  },
  'task.skipped': (entry, mission, db) => {
    db.run(
      `INSERT INTO task (mission, id, title, kind, state, attempt, reason, finished_at, seq)
       VALUES (?, ?, ?, ?, 'skipped', 0, ?, ?, ?)
       ON CONFLICT (mission, id) DO UPDATE SET state = 'skipped', title = excluded.title, kind = excluded.kind, reason = excluded.reason,
         finished_at = excluded.finished_at, seq = excluded.seq`,
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

/** Words that are to be signed, until they are. */
function foldSigning(entry: Entry, mission: string, db: LogStatements): void {
  const request = text(entry, 'request');
  if (readApprovalWord(entry) !== undefined) {
    db.run('INSERT OR IGNORE INTO unsigned_word (mission, request, seq) VALUES (?, ?, ?)', mission, request, entry.seq);
  } else if (entry.kind === STATEMENT_RECORDED && request !== null) {
    db.run('DELETE FROM unsigned_word WHERE mission = ? AND request = ?', mission, request);
  }
}

/** What a person, or time, said to a question. Something may be said before the question is asked. */
function answer(entry: Entry, { mission, db, approval }: { mission: string; db: LogStatements; approval: string }): void {
  db.run(
    `INSERT INTO task (mission, id, title, kind, state, attempt, approval, seq) VALUES (?, ?, ?, ?, 'waiting', 0, ?, ?)
     ON CONFLICT (mission, id) DO UPDATE SET approval = excluded.approval`,
    mission,
    entry.task ?? '',
    ...heading(entry),
    approval,
    entry.seq,
  );
}

function addUsage(entry: Entry, mission: string, db: LogStatements): void {
  const usage = entry.data['usage'];
  if (!isJsonObject(usage)) return;
  const [tokens, money, energy] = ['tokens', 'money', 'energy'].map((name) => Number(usage[name] ?? 0));
  const more = 'SET tokens = tokens + ?, money = money + ?, energy = energy + ?';
  db.run(`UPDATE mission ${more} WHERE id = ?`, tokens ?? 0, money ?? 0, energy ?? 0, mission);
  db.run(`UPDATE task ${more} WHERE mission = ? AND id = ?`, tokens ?? 0, money ?? 0, energy ?? 0, mission, entry.task ?? '');
}

/** A check has passed: what it covers may be taken by others from now on. */
function proveResults(verifies: string | null, mission: string, db: LogStatements): void {
  if (verifies === null) return;
  const prove = `INSERT OR REPLACE INTO result (key, mission, task, output, tree)
    SELECT key, mission, id, output, tree FROM task WHERE mission = ? AND state = 'succeeded' AND`;
  if (verifies === WORK) db.run(`${prove} kind = 'work'`, mission);
  else db.run(`${prove} id = ?`, mission, verifies);
  if (verifies === ASSEMBLE) db.run(`${prove} id = ?`, mission, SCAFFOLD);
}

const heading = (entry: Entry): [string, string] => [text(entry, 'title') ?? '', text(entry, 'taskKind') ?? 'work'];
