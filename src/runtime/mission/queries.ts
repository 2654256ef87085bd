import { NexusError } from '../../base/errors.ts';
import type { Digest } from '../../base/digest.ts';
import type { Priority, TaskKind } from '../../spec/model.ts';
import type { LogQueries } from '../log/database.ts';
import { STATEMENT_RECORDED } from '../vault/records.ts';
import type { MissionState, TaskState } from './records.ts';

/** A mission as its table has it. */
export interface MissionRow {
  id: string;
  specification: string;
  title: string;
  dialect: string;
  digest: Digest;
  objective: string;
  priority: Priority;
  originating_spec: string;
  graph: Digest;
  tasks: number;
  state: MissionState;
  head: Digest | null;
  gate: 'pass' | 'fail' | null;
  gate_reasons: string | null;
  reason: string | null;
  started_at: string;
  finished_at: string | null;
  /** JSON of `MissionSettings`. */
  settings: string;
  /** JSON of `BaseRecord`. */
  base: string | null;
  /** What its graph was made from, and what was said of that; null where it is not known. See `Reading`. */
  inputs: Digest | null;
  reading: Digest | null;
  /** The commit that was made of the product. */
  result: string | null;
  /** The branch that was moved to it, or why it was not. */
  branch: string | null;
  branch_refused: string | null;
  /** 1: a person wants no more of it. */
  cancelled: number;
  /** When it was last started or resumed. */
  session_at: string;
  /** The last entry of whoever drove it. */
  worked_at: string;
  last_at: string;
  /** Milliseconds at work in earlier sessions. */
  wall: number;
  tokens: number;
  money: number;
  energy: number;
  attempts: number;
  first_seq: number;
  last_seq: number;
}

export interface TaskRow {
  mission: string;
  id: string;
  title: string;
  kind: TaskKind;
  state: TaskState;
  attempt: number;
  key: Digest;
  /** The entry that has its manifest: see `readManifest`. */
  manifest_seq: number | null;
  output: Digest;
  tree: Digest;
  /** The mission whose result was taken, if it was cached. */
  origin: string | null;
  reason: string | null;
  started_at: string | null;
  finished_at: string | null;
  /** Failed attempts since somebody last wanted it anew. */
  failures: number;
  /** For the next attempt. */
  feedback: string | null;
  /** JSON list of the tasks whose results its last attempt found at fault, until they are open again. */
  blames: string | null;
  /** JSON list of the tasks that it builds on beside its needs. */
  onto: string | null;
  approval: 'asked' | 'given' | 'refused' | 'expired' | null;
  approval_expires: string | null;
  /** Digest of the files as they stood when it was asked for. */
  approval_product: Digest | null;
  tokens: number;
  money: number;
  energy: number;
  seq: number;
}

/** A result that another task with the same key may take. */
export interface StoredResult {
  mission: string;
  output: Digest;
  tree: Digest;
}

export interface EvidenceRow {
  seq: number;
  mission: string;
  task: string | null;
  kind: string;
  /** Name of the statement, or path of the artifact. */
  name: string;
  /** Content digest of a statement's Sigstore bundle. */
  bundle: Digest | null;
}

/** The newest first; those in one of the states, if any are named; so many behind the one that began with entry `after`. */
export function missionRows(
  db: LogQueries,
  states: readonly MissionState[] = [],
  { after, limit }: { after?: number | undefined; limit?: number | undefined } = {},
): MissionRow[] {
  const inState = states.length === 0 ? '' : `AND state IN (${states.map(() => '?').join(', ')})`;
  const sql = `SELECT * FROM mission WHERE first_seq < ? ${inState} ORDER BY first_seq DESC LIMIT ?`;
  return db.all<MissionRow>(sql, after ?? Number.MAX_SAFE_INTEGER, ...states, limit ?? -1);
}

/** The mission that `name` means: an id, a unique prefix of one (at least 4 characters), or `latest`. Throws `NOT_FOUND` or `USAGE`. */
export function findMission(db: LogQueries, name: string): MissionRow {
  if (name === 'latest') {
    const latest = db.get<MissionRow>('SELECT * FROM mission ORDER BY first_seq DESC LIMIT 1');
    if (latest === undefined) throw noMission('There is no mission in this workspace yet.');
    return latest;
  }
  const found = db.all<MissionRow>('SELECT * FROM mission WHERE id >= ? AND id < ? LIMIT 3', name, `${name}\uffff`);
  const [first] = found;
  if (first === undefined || name.length < 4) throw noMission(`No mission has an id that starts with ${name || 'nothing'}.`);
  if (found.length > 1 && first.id !== name) {
    throw new NexusError('USAGE', `Several missions have an id that starts with ${name}.`, {
      hint: 'Give more of the id; `spec-kit missions` lists them.',
      details: { missions: found.map((mission) => mission.id) },
    });
  }
  return first;
}

function noMission(message: string): NexusError {
  return new NexusError('NOT_FOUND', message, {
    hint: '`spec-kit missions` lists the missions; `spec-kit apply BUNDLE` starts one.',
  });
}

/** It has not come to its end. */
export function isOpen({ state }: Pick<MissionRow, 'state'>): boolean {
  return state === 'planned' || state === 'running' || state === 'waiting';
}

export function missionRow(db: LogQueries, id: string): MissionRow | undefined {
  return db.get<MissionRow>('SELECT * FROM mission WHERE id = ?', id);
}

export function latestMissionOf(db: LogQueries, specification: string): MissionRow | undefined {
  return db.get<MissionRow>('SELECT * FROM mission WHERE specification = ? ORDER BY first_seq DESC LIMIT 1', specification);
}

/** The last mission that was made of these inputs. */
export function missionOfInputs(db: LogQueries, inputs: Digest): MissionRow | undefined {
  return db.get<MissionRow>('SELECT * FROM mission WHERE inputs = ? ORDER BY first_seq DESC LIMIT 1', inputs);
}

/** The tasks of a mission and what they have left, if each is done and what it left is still what any mission would take for it. */
export function standingTasks(
  db: LogQueries,
  { id, tasks }: Pick<MissionRow, 'id' | 'tasks'>,
): Pick<TaskRow, 'kind' | 'tree'>[] | undefined {
  const sql = `SELECT task.kind, task.tree FROM task JOIN result ON result.key = task.key AND result.output = task.output AND result.tree = task.tree
    WHERE task.mission = ? AND task.state IN ('succeeded', 'cached')`;
  const rows = db.all<Pick<TaskRow, 'kind' | 'tree'>>(sql, id);
  return rows.length === tasks ? rows : undefined;
}

export function taskRow(db: LogQueries, mission: string, task: string): TaskRow | undefined {
  return db.get<TaskRow>('SELECT * FROM task WHERE mission = ? AND id = ?', mission, task);
}

export function taskRows(db: LogQueries, mission: string): TaskRow[] {
  return db.all<TaskRow>('SELECT * FROM task WHERE mission = ? ORDER BY seq', mission);
}

/** In the order of their ids, so many behind the one named `after`. */
export function taskRowsBehind(
  db: LogQueries,
  mission: string,
  { after, limit }: { after: string; limit: number | undefined },
): TaskRow[] {
  return db.all<TaskRow>('SELECT * FROM task WHERE mission = ? AND id > ? ORDER BY id LIMIT ?', mission, after, limit ?? -1);
}

export function taskStates(db: LogQueries, mission: string): Map<string, TaskState> {
  const rows = db.all<{ id: string; state: TaskState }>('SELECT id, state FROM task WHERE mission = ?', mission);
  return new Map(rows.map(({ id, state }) => [id, state]));
}

export function failedTasks(db: LogQueries, mission: string): TaskRow[] {
  return db.all<TaskRow>("SELECT * FROM task WHERE mission = ? AND state = 'failed' ORDER BY seq", mission);
}

export function taskCounts(db: LogQueries, mission: string): Map<TaskState, number> {
  const sql = 'SELECT state, count(*) AS count FROM task WHERE mission = ? GROUP BY state';
  return new Map(db.all<{ state: TaskState; count: number }>(sql, mission).map(({ state, count }) => [state, count]));
}

export function findResult(db: LogQueries, key: Digest): StoredResult | undefined {
  return db.get<StoredResult>('SELECT mission, output, tree FROM result WHERE key = ?', key);
}

/** Commits that missions have made of their products, and whose each is. */
export function resultRows(db: LogQueries): Map<string, string> {
  const rows = db.all<{ id: string; result: string }>('SELECT id, result FROM mission WHERE result IS NOT NULL');
  return new Map(rows.map(({ id, result }) => [result, id]));
}

/** The last mission of the specification before this one. */
export function missionBefore(db: LogQueries, { specification, first_seq }: MissionRow): MissionRow | undefined {
  const sql = 'SELECT * FROM mission WHERE specification = ? AND first_seq < ? ORDER BY first_seq DESC LIMIT 1';
  return db.get<MissionRow>(sql, specification, first_seq);
}

/** What tasks of a mission build on beside their needs, by task. */
export function ontoRows(db: LogQueries, mission: string): Map<string, string[]> {
  const rows = db.all<{ id: string; onto: string }>('SELECT id, onto FROM task WHERE mission = ? AND onto IS NOT NULL', mission);
  return new Map(rows.map(({ id, onto }) => [id, JSON.parse(onto) as string[]]));
}

/** The last attempt at this task in an earlier mission of the same specification, whatever its key. */
export function previousTask(db: LogQueries, mission: MissionRow, task: string): TaskRow | undefined {
  return db.get<TaskRow>(
    `SELECT task.* FROM task JOIN mission ON mission.id = task.mission
     WHERE mission.specification = ? AND mission.first_seq < ? AND task.id = ? AND task.key IS NOT NULL
     ORDER BY mission.first_seq DESC LIMIT 1`,
    mission.specification,
    mission.first_seq,
    task,
  );
}

/** Where the evidence of a mission stands in the log, of one task if named. */
export function evidenceRows(db: LogQueries, mission: string, task?: string): EvidenceRow[] {
  if (task === undefined) return db.all<EvidenceRow>('SELECT * FROM evidence WHERE mission = ? ORDER BY seq', mission);
  return db.all<EvidenceRow>('SELECT * FROM evidence WHERE mission = ? AND task = ? ORDER BY seq', mission, task);
}

/** A mission's statements as they were recorded, replaced ones too: their names, and the content digests of their bundles. */
export function statementRows(db: LogQueries, mission: string): { name: string; bundle: Digest }[] {
  const sql = 'SELECT name, bundle FROM evidence WHERE mission = ? AND kind = ? AND bundle IS NOT NULL ORDER BY seq';
  return db.all(sql, mission, STATEMENT_RECORDED);
}

/** Missions that have not come to their end, the oldest first. */
export function openMissions(db: LogQueries): MissionRow[] {
  return db.all<MissionRow>("SELECT * FROM mission WHERE state IN ('planned', 'running', 'waiting') ORDER BY first_seq");
}

/** Entries of what people have said to a mission that no statement says yet, in order. */
export function unsignedWords(db: LogQueries, mission: string): number[] {
  return db.all<{ seq: number }>('SELECT seq FROM unsigned_word WHERE mission = ? ORDER BY seq', mission).map(({ seq }) => seq);
}

/** Tasks that wait for a person. */
export function openApprovals(db: LogQueries, mission: string): TaskRow[] {
  return db.all<TaskRow>(
    "SELECT * FROM task WHERE mission = ? AND approval = 'asked' AND state = 'waiting' ORDER BY seq",
    mission,
  );
}
