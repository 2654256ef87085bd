import { type Digest, digestOf } from '../../base/digest.ts';
import type { MissionPrompt } from '../../base/generated/mission-prompt.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Priority, Task, TaskKind } from '../../spec/model.ts';
import type { EntryDraft } from '../log/entry.ts';
import type { BaseRecord } from '../vault/base-record.ts';
import type { Face } from '../vault/approval.ts';
import { MISSION_CREATED } from '../vault/records.ts';
import type { Usage } from '../workspace/usage.ts';
import type { KeptManifest } from './manifests.ts';
import type { MissionSettings } from './settings.ts';

export type MissionState = 'planned' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'cancelled';
export type TaskState = 'waiting' | 'running' | 'succeeded' | 'cached' | 'failed' | 'skipped' | 'cancelled';

/** What a graph was made from: with the same inputs it need not be made again. */
export interface Reading {
  /** Digest of everything that decides it. */
  inputs: Digest;
  /** Content digest of what was said of the source. */
  notes: Digest;
}

export interface MissionCreated {
  prompt: MissionPrompt;
  specification: { id: string; title: string; dialect: string; digest: Digest };
  /** Content digest of the task graph. */
  graph: Digest;
  tasks: number;
  settings: MissionSettings;
  /** The commit it starts from. */
  base?: BaseRecord | undefined;
  /** Left out where the log alone does not tell what it was made from. */
  reading?: Reading | undefined;
}

export function missionCreated({ prompt, settings, base, reading, ...data }: MissionCreated): EntryDraft {
  const json: JsonObject = JSON.parse(JSON.stringify(settings));
  const more = { ...(base && { base }), ...(reading && { reading: { ...reading } }) };
  return { kind: MISSION_CREATED, mission: prompt.id, data: { ...data, ...more, prompt: { ...prompt }, settings: json } };
}

/** `settings`: as they are from now on. `inputs`: what it goes on from, where that is known. */
export function missionResumed(
  mission: string,
  { settings, inputs }: { settings: MissionSettings; inputs?: Digest | undefined },
): EntryDraft {
  const more = inputs === undefined ? {} : { inputs };
  return { kind: 'mission.resumed', mission, data: { settings: JSON.parse(JSON.stringify(settings)), ...more } };
}

/** Nothing of it can go on until somebody does something: says yes, resumes it, allows more. */
export function missionWaiting(mission: string, reason: string): EntryDraft {
  return { kind: 'mission.waiting', mission, data: { reason: bounded(reason) } };
}

export function missionInterrupted(mission: string): EntryDraft {
  return { kind: 'mission.interrupted', mission, data: {} };
}

/** The clock has leapt ahead by so many milliseconds since the mission's last entry: they were not spent at work. */
export function missionSlept(mission: string, milliseconds: number): EntryDraft {
  return { kind: 'mission.slept', mission, data: { milliseconds } };
}

/** The product was made a commit of the user's repository, on top of the one that the mission started from. */
export function resultCommitted(mission: string, result: { commit: string; ref: string; base: string }): EntryDraft {
  return { kind: 'result.committed', mission, data: result };
}

/** A branch of the user's repository is about to be moved. */
export function branchMoving(mission: string, move: { branch: string; from: string | null; to: string }): EntryDraft {
  return { kind: 'branch.moving', mission, data: move };
}

export function branchMoved(mission: string, move: { branch: string; from: string | null; to: string }): EntryDraft {
  return { kind: 'branch.moved', mission, data: move };
}

/** The result could not be placed; it can still be. */
export function branchRefused(mission: string, reason: string): EntryDraft {
  return { kind: 'branch.refused', mission, data: { reason: bounded(reason) } };
}

export interface TaskIdentity {
  mission: string;
  task: string;
  title: string;
  kind: TaskKind;
}

/** `onto`: ids of the tasks that it builds on beside its needs. */
export function taskStarted(
  task: TaskIdentity,
  { onto = [], ...start }: { attempt: number; key: Digest; manifest: KeptManifest; onto?: readonly string[] },
): EntryDraft {
  return { kind: 'task.started', ...named(task, { ...start, ...listedOnto(onto) }) };
}

const listedOnto = (onto: readonly string[]): JsonObject => (onto.length === 0 ? {} : { onto: [...onto] });

/** `checked`: a check that covers the task is still to come; no other mission takes the result before that. `verifies`: what this check covers. */
export function taskSucceeded(
  task: TaskIdentity,
  {
    attempt,
    checked = false,
    key,
    output,
    tree,
    usage,
    verifies,
  }: {
    attempt: number;
    key: Digest;
    output: Digest;
    tree: Digest;
    usage: Usage | undefined;
    checked?: boolean;
    verifies?: string | undefined;
  },
): EntryDraft {
  const before = checked ? { attempt, checked, key, output } : { attempt, key, output };
  return {
    kind: 'task.succeeded',
    ...named(task, before, { tree, ...used(usage), ...(verifies === undefined ? {} : { verifies }) }),
  };
}

/** The result of an earlier mission (`origin`) is taken as this task's; what a check of it covers (`verifies`) is as good as checked, since it left the same. */
export function taskCached(
  task: TaskIdentity,
  {
    onto = [],
    verifies,
    ...hit
  }: {
    key: Digest;
    manifest: KeptManifest;
    output: Digest;
    tree: Digest;
    origin: string;
    onto?: readonly string[];
    verifies?: string | undefined;
  },
): EntryDraft {
  return {
    kind: 'task.cached',
    ...named(task, { ...hit, ...listedOnto(onto), ...(verifies === undefined ? {} : { verifies }) }),
  };
}

/**
 * `blames`: ids of the tasks whose results a check found at fault. `onto`: those with whose results its own could not be put together; where a person
 * wants it again, it builds on them.
 */
export function taskFailed(
  task: TaskIdentity,
  {
    usage,
    blames = [],
    onto = [],
    ...end
  }: {
    attempt: number;
    key: Digest;
    reason: string;
    usage: Usage | undefined;
    blames?: readonly string[];
    onto?: readonly string[];
  },
): EntryDraft {
  const more = { ...(blames.length === 0 ? {} : { blames: [...blames] }), ...listedOnto(onto) };
  return { kind: 'task.failed', ...named(task, { ...end, ...more, reason: bounded(end.reason), ...used(usage) }) };
}

/** Whoever was at it has gone: it is tried again. */
export function taskLost(task: TaskIdentity, end: { attempt: number; key: Digest; reason: string }): EntryDraft {
  return { kind: 'task.lost', ...named(task, { ...end, reason: bounded(end.reason) }) };
}

function used(usage: Usage | undefined): JsonObject {
  return usage === undefined ? {} : { usage: { ...usage } };
}

/**
 * A check found the result at fault, or it could not be put together with those of other tasks (`onto`): it is to be done again, with what was
 * found, and builds on theirs.
 */
export function taskReopened(
  task: TaskIdentity,
  { because, feedback, onto = [] }: { because: string; feedback: string; onto?: readonly string[] },
): EntryDraft {
  return { kind: 'task.reopened', ...named(task, { because, feedback: bounded(feedback), ...listedOnto(onto) }) };
}

/** What it changed was put together, line by line, with what others did to the same files beside it. */
export function taskMerged(
  task: TaskIdentity,
  { paths, beside }: { paths: readonly string[]; beside: readonly string[] },
): EntryDraft {
  const data = { paths: paths.slice(0, 100), files: paths.length, beside: beside.slice(0, 100) };
  return {
    kind: 'task.merged',
    ...named(task, data),
    dedup: `task.merged ${digestOf({ ...data, mission: task.mission, task: task.task })}`,
  };
}

/** It has failed as often as it may: from here on it is for a person. */
export function taskEscalated(task: TaskIdentity, attempts: number): EntryDraft {
  return { kind: 'task.escalated', ...named(task, { attempts }), dedup: `escalated ${task.mission} ${task.task} ${attempts}` };
}

export function taskCancelled(task: TaskIdentity): EntryDraft {
  return { kind: 'task.cancelled', ...named(task, {}) };
}

/** A person is asked. Without `expires` (RFC 3339) the question stands for ever. `product`: digest of the list of files that the task would begin with. */
export function approvalAsked(
  task: TaskIdentity,
  { expires, product }: { expires: string | undefined; product: Digest },
): EntryDraft {
  return { kind: 'approval.asked', ...named(task, { product, ...(expires === undefined ? {} : { expires }) }) };
}

export function approvalExpired(task: TaskIdentity): EntryDraft {
  return { kind: 'approval.expired', ...named(task, {}) };
}

/** What people say to a mission. `request` makes it count once, however often it is delivered. */
export interface Word {
  request: string;
  by: string;
  note?: string | undefined;
  /** How it came in, where it answers something. */
  face?: Face | undefined;
}

export type WordKind = 'pause' | 'cancel' | 'retry' | 'prioritise' | 'approve' | 'reject';

/** What a word is about beside its mission and task. */
export interface WordMatter {
  priority?: Priority | undefined;
  /** The question of an agent that it answers. */
  question?: string | undefined;
  /** Digest of the list of files that were there when it was asked for. */
  product?: Digest | undefined;
}

/** Entry kind of what people say: `word.approve`. */
export function wordSaid(
  kind: WordKind,
  about: { mission: string; task: Pick<Task, 'id' | 'title' | 'kind'> | undefined },
  { note = '', ...said }: Word & WordMatter,
): EntryDraft {
  const { mission, task } = about;
  const given = Object.entries(said).filter(([, value]) => value !== undefined);
  const data = { ...Object.fromEntries(given), note: bounded(note) };
  const dedup = requestKey(said.request);
  if (task === undefined) return { kind: `word.${kind}`, mission, data, dedup };
  return { kind: `word.${kind}`, ...named({ mission, task: task.id, title: task.title, kind: task.kind }, data), dedup };
}

/** What was asked for cannot be done. */
export function requestRefused(request: string, { code, message }: { code: string; message: string }): EntryDraft {
  return { kind: 'request.refused', data: { request, code, message: bounded(message) }, dedup: requestKey(request) };
}

export const requestKey = (request: string): string => `request ${request}`;

/** `reason`: what became of the task that it needs. */
export function taskSkipped(task: TaskIdentity, reason: string): EntryDraft {
  return { kind: 'task.skipped', ...named(task, { reason: bounded(reason) }) };
}

/** The entry of a task. `behind`: members whose names come after `title`; those in the order of their names are written fastest. */
function named(
  { mission, task, title, kind }: TaskIdentity,
  data: JsonObject,
  behind: JsonObject = {},
): Omit<EntryDraft, 'kind'> {
  return { mission, task, data: { ...data, taskKind: kind, title: bounded(title, 400), ...behind } };
}

/** An entry has a hard limit and a tool's output has none; the full text is in the content store. */
function bounded(text: string, limit = 8_000): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}…`;
}
