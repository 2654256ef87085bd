import type { StatusView } from '../../runtime/app/views.ts';
import { readMilestones } from '../../runtime/report/model/read-milestones.ts';
import type { Report, ReportMilestone, ReportTask } from '../../runtime/report/model/report.ts';
import { countsOf } from '../../runtime/report/standing/counts.ts';
import { MissionCourse } from '../../runtime/report/standing/mission-course.ts';
import { runsSoFar } from '../../runtime/report/standing/runs.ts';
import type { Standing, TaskStanding } from '../../runtime/report/standing/standing.ts';
import { totalUsage } from '../../runtime/report/standing/usage.ts';
import type { BoardEvent } from './board-event.ts';
import { standingIn } from './standing-at.ts';

/** What the page of a mission shows: its report as it was read, and what has been told since. */
export interface MissionModel {
  report: Report;
  standing: Standing;
  /** By id: where a task is in `report.tasks`. */
  places: ReadonlyMap<string, number>;
  approvals: readonly Approval[];
  spent: StatusView['spent'];
  budget: StatusView['budget'];
  /** The last entries, the newest last. */
  recent: readonly BoardEvent[];
}

/** Something that waits for a person. */
export type Approval = StatusView['approvals'][number];

const MOST_RECENT = 500;

export function missionModel(report: Report, status: StatusView): MissionModel {
  const standing = standingIn(report, status);
  const { budget, spent } = status;
  const places = new Map(report.tasks.map(({ id }, at) => [id, at]));
  return {
    report,
    standing,
    places,
    budget,
    spent: { ...spent, ...standing.mission.spent },
    approvals: approvalsOf(standing),
    recent: [],
  };
}

/** The model after these events. One that it has been told already, or that its report was read after, changes nothing. */
export function afterEvents(model: MissionModel, events: readonly BoardEvent[]): MissionModel {
  const fresh = inOrder(model, events);
  if (fresh.length === 0) return model;
  const course = new MissionCourse(model.standing);
  const changed = new Set<string>();
  for (const event of fresh) for (const id of course.add(event).tasks.keys()) changed.add(id);
  return {
    ...model,
    standing: course,
    report: reportAfter(model, course, changed),
    approvals: approvalsOf(course),
    spent: { ...model.spent, ...course.mission.spent },
    recent: [...model.recent, ...fresh].slice(-MOST_RECENT),
  };
}

/** The same model, once its report has been read anew. What was told in between is not told again. */
export function renewed(model: MissionModel, report: Report, status: StatusView): MissionModel {
  if (report.asOf.entry < model.report.asOf.entry) return model;
  return { ...missionModel(report, status), recent: model.recent };
}

/** Who is waited for: tasks that may not start before somebody says so, and agents that ask. */
export function approvalsOf({ mission, tasks }: Pick<Standing, 'mission' | 'tasks'>): Approval[] {
  const asked: Approval[] = [];
  for (const [task, { state, approval, expires }] of tasks) {
    if (state === 'waiting' && approval === 'asked') asked.push({ task, expires });
  }
  return [...asked, ...mission.questions.map(({ id, task, asks, expires }) => ({ task, expires, question: id, asks }))];
}

function inOrder({ report }: MissionModel, events: readonly BoardEvent[]): BoardEvent[] {
  let last = report.asOf.entry;
  return events.filter(({ seq, mission }) => {
    if (seq <= last || mission !== report.mission.id) return false;
    last = seq;
    return true;
  });
}

function reportAfter({ report, places }: MissionModel, standing: Standing, changed: ReadonlySet<string>): Report {
  const { asOf } = standing;
  const { state, reason, finishedAt, gate } = standing.mission;
  const tasks = tasksAfter(report.tasks, { places, standing, changed });
  const stirred = new Set([...changed].map((id) => tasks[places.get(id) ?? -1]?.milestone));
  const members = tasks.filter(({ milestone }) => stirred.has(milestone));
  return {
    ...report,
    mission: { ...report.mission, state, reason, finishedAt },
    gate: { ...gate, reasons: [...gate.reasons] },
    tasks,
    counts: countsOf(tasks),
    milestones: milestonesAfter(report.milestones, readMilestones(members, standing.tasks)),
    asOf,
    runs: runsSoFar(standing),
  };
}

/** A task that has not changed is the same object. */
function tasksAfter(
  before: readonly ReportTask[],
  { places, standing, changed }: { places: MissionModel['places']; standing: Standing; changed: ReadonlySet<string> },
): ReportTask[] {
  const tasks = [...before];
  const taken = new Set(tasks.map(takenLane));
  // What has ended leaves its lane to what has begun.
  const ids = [...changed].toSorted((a, b) => Number(runs(standing, a)) - Number(runs(standing, b)));
  for (const id of ids) {
    const [place = -1, after] = [places.get(id), standing.tasks.get(id)];
    const task = tasks[place];
    if (task === undefined || after === undefined) continue;
    const fresh = taskAfter(task, after, { lane: freeLane(taken), now: standing.asOf.time });
    taken.delete(takenLane(task));
    taken.add(takenLane(fresh));
    tasks[place] = fresh;
  }
  return tasks;
}

function runs({ tasks }: Standing, id: string): boolean {
  return tasks.get(id)?.state === 'running';
}

function taskAfter(task: ReportTask, after: TaskStanding, { lane, now }: { lane: number; now: number }): ReportTask {
  const { state, reason, settled } = after;
  const attempts = after.attempts.map((attempt, at) => ({ lane, shared: 1, ...task.attempts[at], ...attempt }));
  const usage = totalUsage(attempts.map((attempt) => attempt.usage));
  const elapsed = attempts.reduce((sum, { start, end }) => sum + (end ?? now) - start, 0);
  return { ...task, state, reason, settled, attempts, usage, elapsed };
}

/** The lane in which a task runs, if it does. */
function takenLane({ attempts }: ReportTask): number | undefined {
  const last = attempts.at(-1);
  return last?.outcome === 'running' ? last.lane : undefined;
}

/** The lowest lane in which nothing runs. */
function freeLane(taken: ReadonlySet<number | undefined>): number {
  let lane = 1;
  while (taken.has(lane)) lane++;
  return lane;
}

/** Those of which something has changed; what stirred before the report was read is known from it alone. */
function milestonesAfter(before: readonly ReportMilestone[], changed: readonly ReportMilestone[]): ReportMilestone[] {
  const fresh = new Map(changed.map((milestone) => [milestone.title, milestone]));
  return before.map((old) => {
    const now = fresh.get(old.title);
    return now === undefined ? old : { ...now, start: old.start ?? now.start, end: now.end ?? old.end };
  });
}
