import { isJsonObject } from '../../../base/json.ts';
import type { GraphView, LogLine } from '../../../runtime/app/views.ts';
import type { TaskState } from '../../../runtime/mission/records.ts';
import { MissionCourse } from '../../../runtime/report/standing/mission-course.ts';
import type { OpenQuestion } from '../../../runtime/report/standing/standing.ts';
import { oneLine } from '../../printable.ts';
import { evidenceOf } from './evidence-note.ts';
import { logItem, remember } from './log-item.ts';
import { type MonitorMission, monitorMission } from './monitor-mission.ts';
import { type AskedQuestion, bringTo, type MonitorTask, newTask, type PlannedTask } from './monitor-task.ts';

export type StateCounts = Record<TaskState, number>;

export const noCounts = (): StateCounts => ({
  waiting: 0,
  running: 0,
  succeeded: 0,
  cached: 0,
  failed: 0,
  skipped: 0,
  cancelled: 0,
});

export interface MilestoneRow {
  readonly title: string;
  readonly tasks: MonitorTask[];
  readonly counts: StateCounts;
}

/**
 * A mission as its log tells it, entry by entry: what the monitor draws. Each entry costs the same however many tasks there are; nothing here knows of time or
 * screens.
 */
export class MissionModel {
  mission: MonitorMission;
  /** In the order of the graph: needs first. */
  readonly tasks: MonitorTask[] = [];
  readonly milestones: MilestoneRow[] = [];
  readonly counts = noCounts();
  /** Tasks that a person is asked about. */
  readonly asked = new Set<MonitorTask>();
  /** What agents ask. */
  questions: readonly AskedQuestion[] = [];
  /** What happened last, over all tasks. */
  readonly recent: { task: MonitorTask | undefined; text: string }[] = [];
  /** Changes with every entry. */
  version = 0;
  /** Position of the last entry. */
  seq: number | undefined;
  /** The task that was started last. */
  latest: MonitorTask | undefined;
  readonly #course = new MissionCourse();
  readonly #byId = new Map<string, MonitorTask>();
  readonly #byState = new Map<TaskState, Set<MonitorTask>>();
  readonly #milestones = new Map<string, MilestoneRow>();

  constructor({ mission: id, specification, tasks }: Pick<GraphView, 'mission' | 'specification' | 'tasks'>) {
    this.mission = monitorMission({ id, title: oneLine(specification.title) }, this.#course.mission);
    for (const task of tasks) this.#plan(task);
  }

  task(id: string): MonitorTask | undefined {
    return this.#byId.get(id);
  }

  milestone(title: string): MilestoneRow | undefined {
    return this.#milestones.get(title);
  }

  inState(state: TaskState): Iterable<MonitorTask> {
    return this.#byState.get(state) ?? [];
  }

  /** Entries come in the order of the log, each once. */
  add(line: LogLine): void {
    const task = line.task === null ? undefined : (this.#byId.get(line.task) ?? this.#unplanned(line.task, line.data));
    this.seq = line.seq;
    this.version++;
    this.#follow(line);
    if (line.entry === 'task.started') this.latest = task;
    const [item, evidence] = [logItem(line), evidenceOf(line)];
    if (task !== undefined) {
      remember(task.log, item);
      if (evidence !== undefined) remember(task.evidence, evidence);
    }
    remember(this.recent, { task, text: `${item.kind}${item.text === '' ? '' : ` ${oneLine(item.text)}`}` });
  }

  #follow(line: LogLine): void {
    const { mission: before } = this.#course;
    const { mission, tasks } = this.#course.add({ ...line, kind: line.entry });
    if (mission !== before) this.mission = monitorMission(this.mission, mission);
    this.mission.lastAt = this.#course.workedAt ?? undefined;
    for (const [id, standing] of tasks) {
      const task = this.#byId.get(id);
      if (task === undefined) continue;
      bringTo(task, standing);
      this.#move(task, standing.state);
    }
    if (mission.questions !== before.questions) this.#ask(mission.questions);
  }

  #ask(open: readonly OpenQuestion[]): void {
    for (const { task } of this.questions) task.asking = false;
    this.questions = open.flatMap(({ id, task: of, asks }) => {
      const task = this.#byId.get(of);
      return task === undefined ? [] : [{ id, task, asks: oneLine(asks) }];
    });
    for (const { task } of this.questions) task.asking = true;
  }

  /** Every change of a task's state goes through here, so that nothing ever has to be counted again. */
  #move(task: MonitorTask, state: TaskState): void {
    const counts = this.#milestones.get(task.milestone)?.counts;
    this.counts[task.state]--;
    this.counts[state]++;
    if (counts !== undefined) {
      counts[task.state]--;
      counts[state]++;
    }
    this.#byState.get(task.state)?.delete(task);
    this.#stateSet(state).add(task);
    task.state = state;
    if (task.approval === 'asked' && state === 'waiting') this.asked.add(task);
    else this.asked.delete(task);
  }

  #plan(planned: PlannedTask): MonitorTask {
    const task = newTask(planned);
    this.tasks.push(task);
    this.#byId.set(task.id, task);
    this.#stateSet('waiting').add(task);
    this.counts.waiting++;
    for (const { task: need } of task.needs) this.#byId.get(need)?.neededBy.push(task.id);
    let milestone = this.#milestones.get(task.milestone);
    if (milestone === undefined) {
      milestone = { title: task.milestone, tasks: [], counts: noCounts() };
      this.#milestones.set(task.milestone, milestone);
      this.milestones.push(milestone);
    }
    milestone.tasks.push(task);
    milestone.counts.waiting++;
    return task;
  }

  /** The log knows of a task that the graph does not have: it is shown all the same. */
  #unplanned(id: string, data: LogLine['data']): MonitorTask {
    const named = isJsonObject(data) ? data : {};
    const [title, kind] = [named['title'], named['taskKind']];
    return this.#plan({
      id,
      title: typeof title === 'string' ? title : id,
      kind: (typeof kind === 'string' ? kind : 'work') as PlannedTask['kind'],
      milestone: '',
      level: 0,
      needs: [],
    });
  }

  #stateSet(state: TaskState): Set<MonitorTask> {
    let set = this.#byState.get(state);
    if (set === undefined) this.#byState.set(state, (set = new Set()));
    return set;
  }
}
