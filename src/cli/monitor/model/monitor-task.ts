import type { GraphTask } from '../../../runtime/app/views.ts';
import type { TaskState } from '../../../runtime/mission/records.ts';
import type { Answer, TaskStanding } from '../../../runtime/report/standing/standing.ts';
import { totalUsage } from '../../../runtime/report/standing/usage.ts';
import { oneLine, printable } from '../../printable.ts';

/** What the log says about a task, in one place. `text` may have several lines. */
export interface LogItem {
  seq: number;
  at: string;
  kind: string;
  text: string;
}

/** One piece of evidence that a task left. */
export interface EvidenceNote {
  kind: 'artifact' | 'statement' | 'validation';
  name: string;
  /** Digest, predicate type, or result. */
  detail: string;
}

/** What an agent asks while it works. */
export interface AskedQuestion {
  /** `q1`: what is answered. */
  id: string;
  task: MonitorTask;
  /** `to run npm test`. */
  asks: string;
}

/** A task as it stands. What is shown of it has no control characters; `id` is what operations are asked with. */
export interface MonitorTask {
  readonly id: string;
  readonly label: string;
  readonly title: string;
  readonly kind: string;
  readonly milestone: string;
  readonly level: number;
  readonly needs: readonly { task: string; because: string }[];
  /** Ids of the tasks that need this one. */
  readonly neededBy: string[];
  /** In lower case, for searching. */
  readonly searched: string;
  state: TaskState;
  approval: Answer | undefined;
  /** Its agent waits for an answer. */
  asking: boolean;
  expires: string | undefined;
  attempt: number;
  /** Milliseconds since 1970. */
  startedAt: number | undefined;
  finishedAt: number | undefined;
  reason: string | undefined;
  tokens: number;
  money: number;
  energy: number;
  readonly log: LogItem[];
  readonly evidence: EvidenceNote[];
}

export type PlannedTask = Pick<GraphTask, 'id' | 'title' | 'kind' | 'milestone' | 'level' | 'needs'>;

export function newTask({ id, title, kind, milestone, level, needs }: PlannedTask): MonitorTask {
  const [label, shown] = [oneLine(id), oneLine(title)];
  return {
    id,
    label,
    title: shown,
    kind,
    milestone: oneLine(milestone),
    level,
    needs,
    neededBy: [],
    searched: `${label}\n${shown}`.toLowerCase(),
    state: 'waiting',
    approval: undefined,
    asking: false,
    expires: undefined,
    attempt: 0,
    startedAt: undefined,
    finishedAt: undefined,
    reason: undefined,
    tokens: 0,
    money: 0,
    energy: 0,
    log: [],
    evidence: [],
  };
}

/** Brings a task to how it stands now, but for its state: that is the model's to move. */
export function bringTo(task: MonitorTask, { approval, expires, attempts, finishedAt, reason }: TaskStanding): void {
  const last = attempts.at(-1);
  const { tokens, money, energy } = totalUsage(attempts.map(({ usage }) => usage)) ?? {};
  task.approval = approval ?? undefined;
  task.expires = expires ?? undefined;
  task.attempt = last?.number ?? 0;
  task.startedAt = last === undefined ? undefined : Date.parse(last.startedAt);
  task.finishedAt = finishedAt === null ? undefined : Date.parse(finishedAt);
  task.reason = reason === null ? undefined : printable(reason);
  task.tokens = tokens ?? 0;
  task.money = money ?? 0;
  task.energy = energy ?? 0;
}
