import type { Digest } from '../../base/digest.ts';
import type { MissionPrompt } from '../../base/generated/mission-prompt.ts';
import type { JsonObject } from '../../base/json.ts';
import type { TaskKind } from '../../spec/model.ts';
import type { EntryDraft } from '../log/entry.ts';
import { MISSION_CREATED } from '../vault/records.ts';
import type { Usage } from '../workspace/usage.ts';

export type MissionState = 'planned' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'cancelled';
export type TaskState = 'waiting' | 'running' | 'succeeded' | 'cached' | 'failed' | 'skipped' | 'cancelled';

export interface MissionCreated {
  prompt: MissionPrompt;
  specification: { id: string; title: string; dialect: string; digest: Digest };
  /** Content digest of the task graph. */
  graph: Digest;
  tasks: number;
}

export function missionCreated(data: MissionCreated): EntryDraft {
  return { kind: MISSION_CREATED, mission: data.prompt.id, data: { ...data, prompt: { ...data.prompt } } };
}

export function missionResumed(mission: string): EntryDraft {
  return { kind: 'mission.resumed', mission, data: {} };
}

export function missionInterrupted(mission: string): EntryDraft {
  return { kind: 'mission.interrupted', mission, data: {} };
}

export interface TaskIdentity {
  mission: string;
  task: string;
  title: string;
  kind: TaskKind;
}

export function taskStarted(task: TaskIdentity, start: { attempt: number; key: Digest; manifest: Digest }): EntryDraft {
  return { kind: 'task.started', ...named(task, start) };
}

export function taskSucceeded(
  task: TaskIdentity,
  { usage, ...end }: { attempt: number; key: Digest; output: Digest; tree: Digest; usage: Usage | undefined },
): EntryDraft {
  return { kind: 'task.succeeded', ...named(task, { ...end, ...used(usage) }) };
}

/** The result of an earlier mission (`origin`) is taken as this task's. */
export function taskCached(
  task: TaskIdentity,
  hit: { key: Digest; manifest: Digest; output: Digest; tree: Digest; origin: string },
): EntryDraft {
  return { kind: 'task.cached', ...named(task, hit) };
}

export function taskFailed(
  task: TaskIdentity,
  { usage, ...end }: { attempt: number; key: Digest; reason: string; usage: Usage | undefined },
): EntryDraft {
  return { kind: 'task.failed', ...named(task, { ...end, reason: bounded(end.reason), ...used(usage) }) };
}

function used(usage: Usage | undefined): JsonObject {
  return usage === undefined ? {} : { usage: { ...usage } };
}

export function taskSkipped(task: TaskIdentity, because: string): EntryDraft {
  return { kind: 'task.skipped', ...named(task, { reason: `${because} failed` }) };
}

function named({ mission, task, title, kind }: TaskIdentity, data: JsonObject): Omit<EntryDraft, 'kind'> {
  return { mission, task, data: { title: bounded(title, 400), taskKind: kind, ...data } };
}

/** An entry has a hard limit and a tool's output has none; the full text is in the content store. */
function bounded(text: string, limit = 8_000): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}…`;
}
