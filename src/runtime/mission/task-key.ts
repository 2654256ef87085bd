import { type Digest, digestOf, sha256 } from '../../base/digest.ts';
import { canonicalJson } from '../../base/json.ts';
import type { Task } from '../../spec/model.ts';

/** Everything a task is made from, by name: what `explain` compares. Values are digests or versions. */
export type KeyManifest = Readonly<Record<string, string>>;

/** Who will do the task: an agent, the QA engine or the gate, with the version that decides what it does. */
export interface Performer {
  name: string;
  version: string;
  /** What else decides, by name: what it is told, what it may do. */
  inputs?: Readonly<Record<string, string>>;
}

/** Bumped when the meaning of a manifest changes, so that no older result is taken for a newer one. */
const FORMAT = '1';

/** What a task stands on. */
export interface Ground {
  /** What its needs have left, by task id. */
  outputs: ReadonlyMap<string, Digest>;
  /** Tasks that it builds on beside its needs. */
  onto?: readonly string[];
  /** Digest of the files that were there before any task. */
  base?: Digest | undefined;
}

/**
 * The key manifest of a task whose needs have settled. Needs go in by the digest of what they left, never by their own keys: a need that
 * ran again and left the same bytes changes nothing here (early cut-off).
 */
export function keyManifest(task: Task, performer: Performer, { outputs, onto = [], base }: Ground): KeyManifest {
  const settled = (id: string): Digest => {
    const output = outputs.get(id);
    if (output === undefined) throw new RangeError(`${id} has not settled`);
    return output;
  };
  const { fragment, writes } = contentOf(task);
  // In the order of their names, in which the canonical text is made fastest.
  const manifest: Record<string, string> = { ...performer.inputs };
  // Others make their files of the fragment alone, whatever lies beside them.
  if (base !== undefined && (task.ability === 'model' || task.ability === 'qa')) manifest['base'] = base;
  manifest['format'] = FORMAT;
  manifest['fragment'] = fragment;
  manifest['kind'] = task.kind;
  for (const need of task.needs) manifest[`need ${need.task}`] = settled(need.task);
  for (const id of onto) manifest[`onto ${id}`] = settled(id);
  manifest['performer'] = `${performer.name}@${performer.version}`;
  manifest['profile'] = task.profile;
  manifest['writes'] = writes;
  return manifest;
}

interface TaskContent {
  fragment: Digest;
  writes: Digest;
}

/** A task is asked for its key several times, and does not change. */
const contents = new WeakMap<Task, TaskContent>();

function contentOf(task: Task): TaskContent {
  const known = contents.get(task);
  if (known !== undefined) return known;
  const content = { fragment: digestOf(task.fragment), writes: digestOf(task.writes) };
  contents.set(task, content);
  return content;
}

/** The task key: equal keys, equal inputs. */
export function taskKey(manifest: KeyManifest): Digest {
  return keyed(manifest).key;
}

/** A manifest with what is made of it. */
export interface Keyed {
  manifest: KeyManifest;
  /** Canonical JSON of the manifest. */
  text: string;
  key: Digest;
}

export function keyed(manifest: KeyManifest): Keyed {
  const text = canonicalJson(manifest);
  return { manifest, text, key: sha256(text) };
}

/** One input that differs between two manifests; `undefined` where it was absent. */
export interface KeyChange {
  input: string;
  before?: string;
  after?: string;
}

/** What changed from one manifest to another, by name. */
export function keyChanges(before: KeyManifest, after: KeyManifest): KeyChange[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .filter((input) => before[input] !== after[input])
    .sort()
    .map((input) => ({
      input,
      ...(before[input] === undefined ? {} : { before: before[input] }),
      ...(after[input] === undefined ? {} : { after: after[input] }),
    }));
}
