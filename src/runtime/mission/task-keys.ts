import type { Digest } from '../../base/digest.ts';
import type { Task } from '../../spec/model.ts';
import type { Base } from './base.ts';
import type { LeftBehind } from './left-behind.ts';
import { type Keyed, keyed, keyManifest, type Performer } from './task-key.ts';

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
    const made = { ...keyed(manifest), ground };
    this.#known.set(task, made);
    return made;
  }

  /** It is not asked for again soon: there may be thousands. */
  forget(task: Task): void {
    this.#known.delete(task);
  }
}
