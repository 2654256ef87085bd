import type { Amounts } from '../../mission/settings.ts';
import { isOpen } from './attempts.ts';
import { begunRuns, endedRuns } from './runs.ts';
import type { MissionRun, MissionStanding, Standing, TaskStanding } from './standing.ts';
import type { Moment } from './task-changes.ts';
import { type EntryData, isRecord, numberIn, textIn } from './told-entry.ts';

interface MissionMoment extends Moment {
  /** Before the entry. */
  tasks: Standing['tasks'];
  /** Those that it changes, as they are after it. */
  changed: Standing['tasks'];
}

type MissionChange = (mission: MissionStanding, moment: MissionMoment) => Partial<MissionStanding>;

/** What an entry means for its mission as a whole, by its kind. */
export const MISSION_CHANGES: ReadonlyMap<string, MissionChange> = new Map(
  Object.entries<MissionChange>({
    'mission.created': ({ priority, runs }, { entry: { data, at }, time }) => ({
      priority: isRecord(data['prompt']) ? (textIn(data['prompt'], 'priority') ?? priority) : priority,
      budget: budgetIn(data),
      sessionAt: Date.parse(at),
      runs: begunRuns(runs, time),
    }),
    'mission.resumed': (mission, { entry: { data, at }, time, last, workedAt }) => ({
      state: 'running',
      reason: null,
      finishedAt: null,
      budget: budgetIn(data),
      wall: mission.wall + sessionOf(mission, workedAt),
      sessionAt: Date.parse(at),
      runs: begunRuns(endedRuns(mission.runs, 'lost', last.time), time),
    }),
    'mission.slept': ({ wall }, { entry: { data } }) => ({ wall: wall - (numberIn(data, 'milliseconds') ?? 0) }),
    'mission.waiting': ({ runs }, { entry: { data }, time }) => ({
      state: 'waiting',
      reason: textIn(data, 'reason'),
      runs: endedRuns(runs, 'waiting', time),
    }),
    'mission.interrupted': ({ runs }, { time }) => ({ state: 'waiting', runs: endedRuns(runs, 'interrupted', time) }),
    'mission.finished': (mission, moment) => ({
      state: endState(moment.entry.data),
      reason: textIn(moment.entry.data, 'reason'),
      finishedAt: moment.entry.at,
      runs: finishedRuns(mission.runs, moment),
    }),
    'gate.decided': (_mission, { entry: { data, seq }, time }) => ({
      gate: { result: data['result'] === 'pass' ? 'pass' : 'fail', reasons: listIn(data, 'reasons'), entry: seq, time },
    }),
    'word.prioritise': ({ priority }, { entry: { data } }) => ({ priority: textIn(data, 'priority') ?? priority }),
    'word.retry': ({ state }) => ({
      state: state === 'failed' || state === 'cancelled' ? 'waiting' : state,
      reason: null,
      finishedAt: null,
    }),
    'word.approve': ({ state }, moment) =>
      state === 'waiting' && !isAsked(moment) ? { reason: 'What it waited for was approved.' } : {},
    'task.succeeded': used,
    'task.failed': used,
  }),
);

/** Milliseconds from the beginning of the session to the last entry of whoever drove the mission in it. */
function sessionOf({ sessionAt }: MissionStanding, workedAt: number | null): number {
  return sessionAt === null || workedAt === null ? 0 : Math.max(0, workedAt - sessionAt);
}

/** A mission that was left lying is closed by whoever starts the next one. */
function finishedRuns(runs: readonly MissionRun[], { entry, time, last, tasks }: MissionMoment): readonly MissionRun[] {
  const leftLying = entry.data['state'] === 'cancelled' || [...tasks.values()].some(({ attempts }) => isOpen(attempts));
  return leftLying ? endedRuns(runs, 'lost', last.time) : endedRuns(runs, 'finished', time);
}

function endState({ state }: EntryData): 'succeeded' | 'failed' | 'cancelled' {
  return state === 'succeeded' || state === 'cancelled' ? state : 'failed';
}

function isAsked({ tasks, changed }: MissionMoment): boolean {
  const asks = ({ approval }: TaskStanding): boolean => approval === 'asked';
  return [...new Map([...tasks, ...changed]).values()].some(asks);
}

/** One more attempt, and what it used. A task that nobody approved has failed without one. */
function used({ spent }: MissionStanding, { entry: { data } }: MissionMoment): Partial<MissionStanding> {
  const usage = isRecord(data['usage']) ? data['usage'] : {};
  const plus = (name: 'tokens' | 'money' | 'energy'): number => spent[name] + (numberIn(usage, name) ?? 0);
  const attempts = spent.attempts + (data['attempt'] === 0 ? 0 : 1);
  return { spent: { tokens: plus('tokens'), money: plus('money'), energy: plus('energy'), attempts } };
}

const AMOUNTS = ['tokens', 'money', 'energy', 'wall', 'attempts'] as const;

function budgetIn({ settings }: EntryData): Amounts {
  const budget = isRecord(settings) ? settings['budget'] : undefined;
  if (!isRecord(budget)) return {};
  return Object.fromEntries(
    AMOUNTS.flatMap((name) => {
      const amount = numberIn(budget, name);
      return amount === null ? [] : [[name, amount]];
    }),
  );
}

function listIn(data: EntryData, name: string): string[] {
  const value = data[name];
  return Array.isArray(value) ? value.map(String) : [];
}
