import { existsSync } from 'node:fs';

import type { Digest } from '../../../base/digest.ts';
import { NexusError } from '../../../base/errors.ts';
import type { Task } from '../../../spec/model.ts';
import type { LogReader } from '../../log/log-reader.ts';
import { readGraph } from '../../mission/graphs.ts';
import { milestonesOf } from '../../mission/milestones.ts';
import {
  failedTasks,
  findMission,
  openApprovals,
  type MissionRow,
  missionRows,
  type TaskRow,
  taskCounts,
  taskRows,
  taskRowsBehind,
  taskStates,
} from '../../mission/queries.ts';
import { openQuestions } from '../../mission/question-rows.ts';
import type { MissionSettings } from '../../mission/settings.ts';
import { parseBaseRecord } from '../../vault/base-record.ts';
import { openContentStore } from '../../vault/content-store.ts';
import { resultRef } from '../../workspace/git/branches.ts';
import { type History, withHistory } from '../host/history.ts';
import type { Handler } from '../operations.ts';
import { firstOf, type Page, type PageInput } from '../page.ts';
import type { MissionListView, MissionView, StatusView } from '../views.ts';
import type { Workspace } from '../workspace.ts';

export const missions: Handler<'missions'> = ({ states = [], limit, after }, context) =>
  withHistory(context, ({ log }): MissionListView => {
    const behind = after === undefined ? undefined : findMission(log.db, after).first_seq;
    // One more tells whether there is one.
    const rows = missionRows(log.db, states, { after: behind, limit: limit === undefined ? undefined : limit + 1 });
    const { items, next } = firstOf(rows, limit, ({ id }) => id);
    return { kind: 'MissionList', items: items.map(listed), next: next.next ?? null };
  });

const listed = (row: MissionRow): MissionListView['items'][number] => ({
  id: row.id,
  specification: specificationOf(row),
  state: row.state,
  priority: row.priority,
  reason: waitsFor(row),
  startedAt: row.started_at,
  finishedAt: row.finished_at,
});

/** Why a mission waits, for people; null if it does not. */
function waitsFor({ state, reason }: MissionRow): string | null {
  return state === 'waiting' ? (reason ?? 'It was stopped.') : null;
}

export const status: Handler<'status'> = ({ mission, ...page }, context) =>
  withHistory(context, (history): StatusView => {
    const { log } = history;
    const row = findMission(log.db, mission);
    const { items: rows, next } = taskPage(row, log, page);
    const items = rows.map((task) => ({
      id: task.id,
      title: task.title,
      kind: task.kind,
      state: task.state,
      attempt: task.attempt,
      reason: task.reason ?? whoIsAsked(task),
      startedAt: task.started_at,
      finishedAt: task.finished_at,
    }));
    const states = taskStates(log.db, row.id);
    const milestones = milestonesOf(placedTasks(row, history), (id) => states.get(id) ?? 'waiting');
    return { ...missionView(row, history), kind: 'Status', milestones, items, ...next };
  });

/** All in the order in which they were last begun; page by page in the order of their ids, which stays. */
function taskPage({ id }: MissionRow, { db }: LogReader, { limit, after }: PageInput): Page<TaskRow> {
  if (limit === undefined && after === undefined) return { items: taskRows(db, id), next: {} };
  const read = taskRowsBehind(db, id, { after: after ?? '', limit: limit === undefined ? undefined : limit + 1 });
  return firstOf(read, limit, (task) => task.id);
}

function whoIsAsked({ state, approval, approval_expires: expires }: TaskRow): string | null {
  if (state !== 'waiting' || approval !== 'asked') return null;
  return `a person must approve it${expires === null ? '' : ` until ${expires}`}`;
}

type Placed = Pick<Task, 'id' | 'milestone'>;

/** Of graphs that were read lately, for as long as the log is open: a graph never changes. */
const PLACED = new WeakMap<LogReader, Map<Digest, readonly Placed[]>>();
const KEPT = 16;

function placedTasks(row: MissionRow, { log, workspace }: History): readonly Placed[] {
  const kept = PLACED.get(log) ?? new Map<Digest, readonly Placed[]>();
  PLACED.set(log, kept);
  const known = kept.get(row.graph);
  if (known !== undefined) return known;
  const tasks = tasksOf(row, workspace).map(({ id, milestone }) => ({ id, milestone }));
  const oldest = kept.size < KEPT ? undefined : kept.keys().next().value;
  if (oldest !== undefined) kept.delete(oldest);
  if (tasks.length > 0) kept.set(row.graph, tasks);
  return tasks;
}

/** The tasks of a mission's graph; none where it has gone from the store, for what the log knows is still worth showing. */
function tasksOf(row: MissionRow, workspace: Workspace): Task[] {
  try {
    return readGraph(openContentStore(workspace.dir), row.graph).tasks;
  } catch (error) {
    if (error instanceof NexusError && (error.code === 'NOT_FOUND' || error.code === 'STORE_CORRUPT')) return [];
    throw error;
  }
}

/** A mission as all faces show it. */
export function missionView(row: MissionRow, { log, workspace }: { log: LogReader; workspace: Workspace }): MissionView {
  const { size = 0, rootHash = '' } = log.checkpoint() ?? {};
  const tasks = counts(row, log);
  const failures = tasks.failed === 0 ? [] : failedTasks(log.db, row.id);
  const output = workspace.build(row.specification);
  return {
    kind: 'Mission',
    id: row.id,
    specification: specificationOf(row),
    objective: row.objective,
    priority: row.priority,
    state: row.state,
    tasks,
    head: row.head,
    gate: { result: row.gate ?? 'pending', reasons: row.gate_reasons === null ? [] : JSON.parse(row.gate_reasons) },
    checkpoint: { size, rootHash },
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    workspace: workspace.dir,
    output: row.state === 'succeeded' && existsSync(output) ? output : null,
    failures: failures.map(({ id, reason }) => ({ task: id, reason: reason ?? '' })),
    reason: row.reason,
    spent: { tokens: row.tokens, money: row.money, energy: row.energy, wall: wallOf(row), attempts: row.attempts },
    budget: (JSON.parse(row.settings) as MissionSettings).budget ?? null,
    base: baseView(row),
    result: resultView(row),
    approvals: approvalsOf(row, log),
  };
}

function approvalsOf({ id }: MissionRow, { db }: LogReader): MissionView['approvals'] {
  const tasks = openApprovals(db, id).map((task) => ({ task: task.id, expires: task.approval_expires }));
  const questions = openQuestions(db, id).map((row) => ({
    task: row.task,
    expires: row.expires,
    question: row.id,
    asks: row.asks,
  }));
  return [...tasks, ...questions];
}

function baseView({ base }: MissionRow): MissionView['base'] {
  const record = base === null ? undefined : parseBaseRecord(JSON.parse(base));
  return record === undefined ? null : { commit: record.commit, uri: record.uri, files: record.files };
}

function resultView({ id, result, branch, branch_refused: reason }: MissionRow): MissionView['result'] {
  return result === null ? null : { commit: result, ref: resultRef(id), branch, reason };
}

function specificationOf(row: MissionRow): MissionView['specification'] {
  return { id: row.specification, title: row.title, dialect: row.dialect, digest: row.digest };
}

/** Milliseconds at work: of earlier sessions, and of the last one up to the last thing it did. What people say to a mission that waits is not work. */
function wallOf({ wall, session_at: from, worked_at: to }: MissionRow): number {
  return Math.max(0, wall + Date.parse(to) - Date.parse(from));
}

/** Tasks that have left no trace yet are waiting, or cancelled with their mission; they add up to `total`. */
function counts(row: MissionRow, log: LogReader): MissionView['tasks'] {
  const byState = taskCounts(log.db, row.id);
  const count = (state: Parameters<typeof byState.get>[0]): number => byState.get(state) ?? 0;
  const seen = [...byState.values()].reduce((sum, each) => sum + each, 0);
  const open = row.tasks - seen + count('waiting');
  const over = row.state === 'cancelled';
  return {
    total: row.tasks,
    succeeded: count('succeeded'),
    cached: count('cached'),
    failed: count('failed'),
    running: over ? 0 : count('running'),
    waiting: over ? 0 : open,
    skipped: count('skipped'),
    cancelled: count('cancelled') + (over ? open + count('running') : 0),
  };
}
