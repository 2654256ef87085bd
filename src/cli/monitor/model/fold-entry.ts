import { isJsonObject } from '../../../base/json.ts';
import type { LogLine } from '../../../runtime/app/views.ts';
import type { TaskState } from '../../../runtime/mission/records.ts';
import { oneLine, printable } from '../../printable.ts';
import { evidenceOf } from './evidence-note.ts';
import { remember } from './log-item.ts';
import { foldQuestion } from './fold-question.ts';
import type { FoldTarget } from './monitor-mission.ts';
import type { Approval, MonitorTask } from './monitor-task.ts';

interface Place {
  model: FoldTarget;
  task: MonitorTask | undefined;
}

type Fold = (line: LogLine, place: Place) => void;
type TaskFold = (task: MonitorTask, line: LogLine, model: FoldTarget) => void;

/** What an entry means for the mission and for its task: the same as `src/runtime/mission/projection.ts` makes of it, which a test holds it to. */
export function foldEntry(line: LogLine, place: Place): void {
  if (foldQuestion(line, place)) return;
  MISSION[line.entry]?.(line, place);
  if (place.task !== undefined) TASK[line.entry]?.(place.task, line, place.model);
}

const text = ({ data }: LogLine, name: string): string | undefined => {
  const value = data[name];
  return typeof value === 'string' ? value : undefined;
};

const number = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

const time = ({ at }: LogLine): number => Date.parse(at);

const MISSION: Readonly<Record<string, Fold>> = {
  'mission.created': (line, { model: { mission } }) => {
    const { prompt, settings } = line.data;
    if (isJsonObject(prompt) && typeof prompt['priority'] === 'string') mission.priority = oneLine(prompt['priority']);
    mission.budget = budgetIn(settings);
    mission.sessionAt = time(line);
  },
  'mission.resumed': (line, { model }) => {
    const { mission } = model;
    mission.wall += Math.max(0, (mission.lastAt ?? time(line)) - (mission.sessionAt ?? time(line)));
    mission.sessionAt = time(line);
    mission.state = 'running';
    mission.reason = undefined;
    mission.finishedAt = undefined;
    mission.budget = budgetIn(line.data['settings']);
    allTo('waiting', ['running'], model);
  },
  'mission.slept': (line, { model: { mission } }) => {
    mission.wall -= number(line.data['milliseconds']);
  },
  'mission.waiting': (line, { model: { mission } }) => {
    mission.state = 'waiting';
    mission.reason = oneLine(text(line, 'reason') ?? '');
  },
  'mission.interrupted': (_line, { model }) => {
    model.mission.state = 'waiting';
    allTo('waiting', ['running'], model);
  },
  'mission.finished': (line, { model: { mission } }) => {
    const state = text(line, 'state');
    if (state === 'succeeded' || state === 'failed' || state === 'cancelled') mission.state = state;
    mission.reason = text(line, 'reason');
    mission.finishedAt = time(line);
  },
  'gate.decided': (line, { model: { mission } }) => {
    const reasons = line.data['reasons'];
    mission.gate = text(line, 'result') === 'pass' ? 'pass' : 'fail';
    mission.gateReasons = Array.isArray(reasons) ? reasons.map((reason) => oneLine(String(reason))) : [];
  },
  'word.prioritise': (line, { model: { mission } }) => {
    mission.priority = oneLine(text(line, 'priority') ?? mission.priority);
  },
  'word.retry': (_line, { model, task }) => {
    const { mission } = model;
    mission.reason = undefined;
    mission.finishedAt = undefined;
    if (mission.state === 'failed' || mission.state === 'cancelled') mission.state = 'waiting';
    allTo('waiting', ['skipped'], model);
    const again = task === undefined ? [...model.inState('failed'), ...model.inState('cancelled')] : [task];
    for (const each of again) {
      if (each.state !== 'failed' && each.state !== 'cancelled') continue;
      if (each.approval !== 'given') each.approval = undefined;
      model.move(each, 'waiting');
    }
  },
};

const TASK: Readonly<Record<string, TaskFold>> = {
  'task.started': (task, line, model) => {
    task.attempt = number(line.data['attempt']);
    task.startedAt = time(line);
    task.finishedAt = undefined;
    task.reason = undefined;
    model.move(task, 'running');
    model.latest = task;
  },
  'task.succeeded': (task, line, model) => {
    settle(task, line, { model, state: 'succeeded' });
    use(task, line, model);
  },
  'task.cached': (task, line, model) => {
    task.reason = undefined;
    settle(task, line, { model, state: 'cached' });
  },
  'task.failed': (task, line, model) => {
    task.reason = printable(text(line, 'reason') ?? '');
    settle(task, line, { model, state: 'failed' });
    use(task, line, model);
  },
  'task.skipped': (task, line, model) => {
    task.reason = printable(text(line, 'reason') ?? '');
    settle(task, line, { model, state: 'skipped' });
  },
  'task.cancelled': (task, line, model) => settle(task, line, { model, state: 'cancelled' }),
  'task.reopened': (task, _line, model) => model.move(task, 'waiting'),
  'word.cancel': (task, _line, model) => {
    if (task.state === 'waiting' || task.state === 'running') model.move(task, 'cancelled');
  },
  'approval.asked': (task, line, model) => {
    if (task.approval !== 'given') task.approval = 'asked';
    task.expires = text(line, 'expires');
    model.move(task, 'waiting');
  },
  'approval.expired': (task, _line, model) => answer(task, 'expired', model),
  'word.approve': (task, _line, model) => {
    answer(task, 'given', model);
    const { mission } = model;
    if (mission.state === 'waiting' && model.asked.size === 0) mission.reason = 'What it waited for was approved.';
  },
  'word.reject': (task, _line, model) => answer(task, 'refused', model),
  'artifact.recorded': keepEvidence,
  'statement.recorded': keepEvidence,
  'validation.recorded': keepEvidence,
};

function keepEvidence(task: MonitorTask, line: LogLine): void {
  const note = evidenceOf(line);
  if (note !== undefined) remember(task.evidence, note);
}

function answer(task: MonitorTask, approval: Approval, model: FoldTarget): void {
  task.approval = approval;
  model.attend(task);
}

function settle(task: MonitorTask, line: LogLine, { model, state }: { model: FoldTarget; state: TaskState }): void {
  task.finishedAt = time(line);
  model.move(task, state);
}

/** One more attempt, and what it used. A task that nobody approved has failed without one. */
function use(task: MonitorTask, { data }: LogLine, { mission: { spent } }: FoldTarget): void {
  if (data['attempt'] !== 0) spent.attempts++;
  const { usage } = data;
  if (!isJsonObject(usage)) return;
  for (const name of ['tokens', 'money', 'energy'] as const) {
    task[name] += number(usage[name]);
    spent[name] += number(usage[name]);
  }
}

/** Each task that is moved had been brought there by an entry of its own. */
function allTo(state: TaskState, from: readonly TaskState[], model: FoldTarget): void {
  for (const task of from.flatMap((each) => [...model.inState(each)])) model.move(task, state);
}

const AMOUNTS = ['tokens', 'money', 'energy', 'wall', 'attempts'] as const;

function budgetIn(settings: unknown): Partial<Record<(typeof AMOUNTS)[number], number>> {
  const budget = isJsonObject(settings) ? settings['budget'] : undefined;
  if (!isJsonObject(budget)) return {};
  return Object.fromEntries(AMOUNTS.flatMap((name) => (typeof budget[name] === 'number' ? [[name, budget[name]]] : [])));
}
