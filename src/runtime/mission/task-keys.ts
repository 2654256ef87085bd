import type { Digest } from '../../base/digest.ts';
import { canonicalJson } from '../../base/json.ts';
import type { Task } from '../../spec/model.ts';
import type { Base } from './base.ts';
import type { LeftBehind } from './left-behind.ts';
import { type KeyManifest, keyManifest, type Performer, taskKey } from './task-key.ts';

/** What a task is made from, and its key. */
export interface Keyed {
  manifest: KeyManifest;
  /** Canonical JSON of the manifest. */
  text: string;
  key: Digest;
}

/** Made once for the lookup of a task and for its start, unless what it builds on has changed in between. */
export class TaskKeys {
  readonly #left: LeftBehind;
  readonly #performerOf: (task: Task) => Performer;
  readonly #base: Digest | undefined;
  readonly #known = new Map<Task, Keyed & { ground: number }>();

  constructor(left: LeftBehind, { performerOf, base }: { performerOf: (task: Task) => Performer; base: Base | undefined }) {
    this.#left = left;
    this.#performerOf = performerOf;
    this.#base = base?.record.key;
  }

  of(task: Task): Keyed {
    const { ground, outputs } = this.#left;
    const known = this.#known.get(task);
    if (known?.ground === ground) return known;
    const manifest = keyManifest(task, this.#performerOf(task), { outputs, onto: this.#left.ontoOf(task), base: this.#base });
    const text = canonicalJson(manifest);
    const keyed = { manifest, text, key: taskKey(manifest, text), ground };
    this.#known.set(task, keyed);
    return keyed;
  }

  /** It is not asked for again soon: there may be thousands. */
  forget(task: Task): void {
    this.#known.delete(task);
  }
}
