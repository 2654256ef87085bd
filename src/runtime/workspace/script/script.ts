import type { Usage } from '../usage.ts';

/** What one attempt does. */
export type ScriptedAttempt = {
  writes?: Record<string, string>;
  removes?: string[];
  run?: [string, ...string[]];
  fails?: string;
  /** Milliseconds. */
  waits?: number;
  usage?: Usage;
};

export type ScriptedTask = ScriptedAttempt | { attempts: [ScriptedAttempt, ...ScriptedAttempt[]] };

/** A script, as `schemas/files/script.schema.json` has it. */
export interface Script {
  version: 1;
  tasks?: Record<string, ScriptedTask>;
  default?: ScriptedTask;
}

/** What the script has for a task: by its id, by its printed id, or for all others. */
export function entryFor(
  { tasks = {}, default: others }: Script,
  task: { id: string; sourceId?: string },
): ScriptedTask | undefined {
  const own = (id: string | undefined): ScriptedTask | undefined =>
    id !== undefined && Object.hasOwn(tasks, id) ? tasks[id] : undefined;
  return own(task.id) ?? own(task.sourceId) ?? others;
}

/** The `number`th attempt (from 1); the last one that is written down stands for all after it. */
export function attemptOf(entry: ScriptedTask, number: number): ScriptedAttempt {
  if (!('attempts' in entry)) return entry;
  return entry.attempts[Math.min(number, entry.attempts.length) - 1] ?? entry.attempts[0];
}

/** Every command that it could run. */
export function commandsIn({ tasks = {}, default: others }: Script): [string, ...string[]][] {
  const entries = [...Object.values(tasks), ...(others === undefined ? [] : [others])];
  const attempts = entries.flatMap((entry) => ('attempts' in entry ? entry.attempts : [entry]));
  return attempts.flatMap(({ run }) => (run === undefined ? [] : [run]));
}
