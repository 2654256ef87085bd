import { changeBy } from './change-by.ts';
import { NOTHING_TOLD, type Standing, type TaskStanding } from './standing.ts';
import type { ToldEntry } from './told-entry.ts';

/** Keeps how a mission stands, entry by entry. Each costs the same however many tasks there are, but for the few that concern them all. */
export class MissionCourse implements Standing {
  readonly tasks: Map<string, TaskStanding>;
  mission: Standing['mission'];
  asOf: Standing['asOf'];
  workedAt: Standing['workedAt'];

  /** From how it stood at some entry, which stays as it is. */
  constructor({ mission, tasks, asOf, workedAt }: Standing = NOTHING_TOLD) {
    this.mission = mission;
    this.tasks = new Map(tasks);
    this.asOf = asOf;
    this.workedAt = workedAt;
  }

  /** Entries come in the order of the log, each once. Returns what has changed. */
  add(entry: ToldEntry): Standing {
    const change = changeBy(entry, this);
    for (const [id, task] of change.tasks) this.tasks.set(id, task);
    this.mission = change.mission;
    this.asOf = change.asOf;
    this.workedAt = change.workedAt;
    return change;
  }
}
