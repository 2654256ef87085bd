import type { Report, ReportAttempt, ReportMilestone, ReportTask } from '../../runtime/report/model/report.ts';
import { readUsage, totalUsage } from '../../runtime/report/model/usage.ts';
import type { StatusView } from '../../runtime/app/views.ts';
import { type BoardEvent, isRecord, textIn } from './board-event.ts';
import { stateAfter } from './task-change.ts';

export interface Approval {
  task: string;
  expires: string | null;
}

/** What the page of a mission shows: its report as it was read, and what has been told since. */
export interface MissionModel {
  report: Report;
  /** By id: where a task is in `report.tasks`. */
  places: ReadonlyMap<string, number>;
  approvals: readonly Approval[];
  spent: StatusView['spent'];
  budget: StatusView['budget'];
  /** The last entries, the newest last. */
  recent: readonly BoardEvent[];
}

const MOST_RECENT = 500;

export function missionModel(report: Report, status: StatusView): MissionModel {
  const { approvals, budget } = status;
  const spent = spentOn(report.tasks, status.spent.wall);
  const places = new Map(report.tasks.map(({ id }, at) => [id, at]));
  return { report, places, approvals, spent, budget, recent: [] };
}

/** The model after these events. One that it has been told already, or that its report was read after, changes nothing. */
export function afterEvents(model: MissionModel, events: readonly BoardEvent[]): MissionModel {
  const fresh = inOrder(model, events);
  if (fresh.length === 0) return model;
  const draft = draftOf(model);
  for (const event of fresh) apply(draft, event);
  return sealed(draft, [...model.recent, ...fresh].slice(-MOST_RECENT));
}

/** The same model, once its report has been read anew. What was told in between is not told again. */
export function renewed(model: MissionModel, report: Report, status: StatusView): MissionModel {
  if (report.asOf.entry < model.report.asOf.entry) return model;
  return { ...missionModel(report, status), recent: model.recent };
}

function inOrder({ report }: MissionModel, events: readonly BoardEvent[]): BoardEvent[] {
  let last = report.asOf.entry;
  return events.filter(({ seq, mission }) => {
    if (seq <= last || mission !== report.mission.id) return false;
    last = seq;
    return true;
  });
}

interface Draft {
  model: MissionModel;
  mission: Report['mission'];
  gate: Report['gate'];
  tasks: ReportTask[];
  approvals: Map<string, Approval>;
  asOf: Report['asOf'];
}

function draftOf(model: MissionModel): Draft {
  const { mission, gate, tasks, asOf } = model.report;
  const approvals = new Map(model.approvals.map((each) => [each.task, each]));
  return { model, mission, gate, tasks: [...tasks], approvals, asOf };
}

function apply(draft: Draft, event: BoardEvent): void {
  const { seq, at } = event;
  const time = Math.max(draft.asOf.time, Date.parse(at) - Date.parse(draft.mission.startedAt) || 0);
  draft.asOf = { entry: seq, at, entries: draft.asOf.entries + 1, time };
  applyToMission(draft, event);
  applyToApprovals(draft, event);
  const place = event.task === null ? undefined : draft.model.places.get(event.task);
  const task = place === undefined ? undefined : draft.tasks[place];
  if (place !== undefined && task !== undefined) draft.tasks[place] = taskAfter(draft, task, event);
}

function applyToMission(draft: Draft, { kind, at, data, seq }: BoardEvent): void {
  const { mission } = draft;
  if (kind === 'mission.resumed') draft.mission = { ...mission, state: 'running', reason: null, finishedAt: null };
  else if (kind === 'mission.waiting') draft.mission = { ...mission, state: 'waiting', reason: textIn(data, 'reason') };
  else if (kind === 'mission.interrupted') draft.mission = { ...mission, state: 'waiting' };
  else if (kind === 'mission.finished') draft.mission = { ...mission, state: endState(data['state']), finishedAt: at };
  else if (kind === 'gate.decided') draft.gate = { ...gateOf(data), entry: seq, time: draft.asOf.time };
}

function endState(value: unknown): 'succeeded' | 'failed' | 'cancelled' {
  return value === 'succeeded' || value === 'cancelled' ? value : 'failed';
}

function gateOf(data: BoardEvent['data']): Pick<Report['gate'], 'result' | 'reasons'> {
  const { result, reasons } = data;
  return { result: result === 'pass' ? 'pass' : 'fail', reasons: Array.isArray(reasons) ? reasons.map(String) : [] };
}

const ANSWERS = new Set(['word.approve', 'word.reject', 'approval.expired', 'task.started', 'task.cancelled', 'word.cancel']);

function applyToApprovals({ approvals }: Draft, { kind, task, data }: BoardEvent): void {
  if (kind === 'mission.finished') approvals.clear();
  if (task === null) return;
  if (kind === 'approval.asked') approvals.set(task, { task, expires: textIn(data, 'expires') });
  else if (ANSWERS.has(kind)) approvals.delete(task);
}

function taskAfter(draft: Draft, task: ReportTask, event: BoardEvent): ReportTask {
  const state = stateAfter(event.kind);
  if (state === undefined) return task;
  const reason = textIn(event.data, 'reason') ?? textIn(event.data, 'because');
  const { time } = draft.asOf;
  const settled = event.kind === 'task.started' || state === 'waiting' ? null : time;
  const changed = { ...task, state, reason, settled };
  if (event.kind === 'task.started') return { ...changed, attempts: [...task.attempts, begun(draft, task, event)] };
  if (state === 'waiting') return changed;
  const attempts = ended(task.attempts, { event, time });
  const usage = totalUsage(attempts.map((attempt) => attempt.usage));
  return { ...changed, attempts, usage, elapsed: attempts.reduce((sum, { start, end }) => sum + (end ?? time) - start, 0) };
}

function begun(draft: Draft, task: ReportTask, { data, at, seq }: BoardEvent): ReportAttempt {
  const { time } = draft.asOf;
  return {
    number: typeof data['attempt'] === 'number' ? data['attempt'] : task.attempts.length + 1,
    outcome: 'running',
    start: time,
    end: null,
    startedAt: at,
    endedAt: null,
    reason: null,
    lane: freeLane(draft.tasks),
    shared: 1,
    entries: { start: seq, end: null },
    usage: null,
  };
}

/** The lowest lane in which nothing runs. */
function freeLane(tasks: readonly ReportTask[]): number {
  const taken = new Set(
    tasks.flatMap(({ state, attempts }) => (state === 'running' ? attempts.slice(-1).map(({ lane }) => lane) : [])),
  );
  let lane = 1;
  while (taken.has(lane)) lane++;
  return lane;
}

function ended(attempts: readonly ReportAttempt[], { event, time }: { event: BoardEvent; time: number }): ReportAttempt[] {
  const outcome = event.kind === 'task.succeeded' ? 'succeeded' : event.kind === 'task.failed' ? 'failed' : 'interrupted';
  return attempts.map((attempt, at) => {
    if (at !== attempts.length - 1 || attempt.outcome !== 'running') return attempt;
    const entries = { ...attempt.entries, end: event.seq };
    const reason = textIn(event.data, 'reason');
    return { ...attempt, outcome, end: time, endedAt: event.at, reason, entries, usage: usageIn(event.data) };
  });
}

function usageIn({ usage }: BoardEvent['data']): ReportAttempt['usage'] {
  return isRecord(usage) ? readUsage({ usage: JSON.parse(JSON.stringify(usage)) }) : null;
}

/** As the engine counts: an attempt once it has ended by itself. From the tasks alone, so that it always is of the same moment as they are. */
function spentOn(tasks: readonly ReportTask[], wall: number): StatusView['spent'] {
  const { tokens, money, energy } = totalUsage(tasks.map(({ usage }) => usage)) ?? { tokens: 0, money: 0, energy: 0 };
  const over = tasks.flatMap(({ attempts }) => attempts).filter(({ outcome }) => outcome === 'succeeded' || outcome === 'failed');
  return { tokens: tokens ?? 0, money: money ?? 0, energy: energy ?? 0, wall, attempts: over.length };
}

function sealed(draft: Draft, recent: readonly BoardEvent[]): MissionModel {
  const { model, mission, gate, tasks, asOf, approvals } = draft;
  const counts = countsOf(tasks);
  const milestones = milestonesAfter(model.report.milestones, tasks);
  const runs = model.report.runs.map((run, at, all) =>
    at === all.length - 1 && run.ended === 'running' ? { ...run, end: asOf.time } : run,
  );
  return {
    ...model,
    report: { ...model.report, mission, gate, tasks, counts, milestones, asOf, runs },
    approvals: [...approvals.values()],
    spent: spentOn(tasks, model.spent.wall),
    recent,
  };
}

export function countsOf(tasks: readonly Pick<ReportTask, 'state'>[]): Report['counts'] {
  const counts = { total: tasks.length, succeeded: 0, cached: 0, failed: 0, running: 0, waiting: 0, skipped: 0, cancelled: 0 };
  for (const { state } of tasks) counts[state]++;
  return counts;
}

function milestonesAfter(milestones: readonly ReportMilestone[], tasks: readonly ReportTask[]): ReportMilestone[] {
  const members = Map.groupBy(tasks, ({ milestone }) => milestone);
  return milestones.map((milestone) => {
    const { total, ...counts } = countsOf(members.get(milestone.title) ?? []);
    const settled = total - counts.waiting - counts.running;
    return { ...milestone, total, settled, states: counts, state: stateOfAll({ total, ...counts }) };
  });
}

/** As the engine has it: `milestones.ts`. */
function stateOfAll({ total, failed, running, waiting, skipped, cancelled }: Report['counts']): ReportMilestone['state'] {
  if (failed > 0) return 'failed';
  if (running > 0) return 'running';
  if (waiting > 0) return waiting === total ? 'waiting' : 'running';
  return skipped + cancelled > 0 ? 'skipped' : 'succeeded';
}
