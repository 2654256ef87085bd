import { type Digest, digestOf } from '../../base/digest.ts';
import { isJsonObject, type JsonValue } from '../../base/json.ts';
import { compareText } from '../../base/text.ts';
import type { EdgeKind, Specification, Task, TaskGraph, TaskKind, TaskPriority } from '../model.ts';

/** Version of the lock file's form; a newer one is refused. */
export const LOCK_VERSION = 1;

/** A task graph that somebody has accepted: all that decides what runs and in which order, and nothing of where it is written. */
export interface GraphLock {
  specification: string;
  dialect: string;
  /** In the order of their ids. */
  tasks: LockedTask[];
}

export interface LockedTask {
  id: string;
  sourceId?: string;
  title: string;
  kind: TaskKind;
  optional: boolean;
  milestone: string;
  priority: TaskPriority;
  profile: string;
  /** Digest of what the task is made from. */
  fragment: Digest;
  writes: string[];
  requirements: string[];
  /** Of the task that assembles: the controls it states, each with the digest of its words. */
  controls?: string[];
  /** In the order of the tasks' ids. */
  needs: LockedNeed[];
}

export interface LockedNeed {
  task: string;
  kind: EdgeKind;
  because: string;
}

/** What there is to accept about a graph. */
export function lockOf({ dialect }: Pick<Specification, 'dialect'>, graph: TaskGraph): GraphLock {
  const tasks = graph.tasks.map(lockedTask).toSorted((a, b) => compareText(a.id, b.id));
  return { specification: graph.specification, dialect, tasks };
}

function lockedTask({ id, sourceId, title, kind, optional, milestone, priority, profile, ...task }: Task): LockedTask {
  const controls = controlsOf(kind, task.fragment);
  return {
    id,
    ...(sourceId === undefined ? {} : { sourceId }),
    title,
    kind,
    optional,
    milestone,
    priority,
    profile,
    fragment: digestOf(acceptable(kind, task.fragment)),
    writes: task.writes.toSorted(compareText),
    requirements: task.requirements.toSorted(compareText),
    ...(controls.length > 0 && { controls: controls.toSorted(compareText) }),
    needs: task.needs
      .map(({ task: need, kind: edge, because }) => ({ task: need, kind: edge, because }))
      .toSorted((a, b) => compareText(a.task, b.task)),
  };
}

function acceptable(kind: TaskKind, fragment: JsonValue): JsonValue {
  if (kind === 'assemble') return withoutParts(fragment);
  return kind === 'work' ? withoutTicks(fragment) : fragment;
}

const TICK = /^([\t ]*(?:[-*+]|\d{1,9}[.)])[\t ]+)\[[^\]\n]\]/gm;

/** A task is told the boxes of its criteria as they stand; ticking one is no other task. */
function withoutTicks(fragment: JsonValue): JsonValue {
  if (typeof fragment === 'string') return fragment.replace(TICK, '$1[ ]');
  if (Array.isArray(fragment)) return fragment.map(withoutTicks);
  if (!isJsonObject(fragment)) return fragment;
  return Object.fromEntries(
    Object.entries(fragment).map(([key, value]) => [key, value === undefined ? undefined : withoutTicks(value)]),
  );
}

/**
 * Assembling is told of everything, and where it stands, for its matrix. What is a task has a block of its own, and controls have a line each: one
 * digest of it all would be another on every branch.
 */
function withoutParts(fragment: JsonValue): JsonValue {
  if (!isJsonObject(fragment)) return fragment;
  const { elements: _elements, controls: _controls, lines: _lines, ...rest } = fragment;
  return rest;
}

function controlsOf(kind: TaskKind, fragment: JsonValue): string[] {
  if (kind !== 'assemble' || !isJsonObject(fragment) || !Array.isArray(fragment['controls'])) return [];
  return fragment['controls'].filter(isJsonObject).flatMap(({ id, text = '', section = '' }) => {
    if (typeof id !== 'string') return [];
    return [`${id} ${digestOf({ text, section }).slice(0, 'sha256:'.length + 12)}`];
  });
}
