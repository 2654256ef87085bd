import { existsSync } from 'node:fs';

import type { Digest } from '../../base/digest.ts';
import type { Task, TaskGraph } from '../../spec/model.ts';
import { type Artifact, type Change, isEmpty, overlaid, type Tree } from '../vault/artifact.ts';
import type { ContentStore } from '../vault/content-store.ts';
import { type Conflict, Integration, type MergedFile } from './integration.ts';
import { Reach } from './reach.ts';
import type { Attempt } from './runner.ts';
import { readChange } from './stored-tree.ts';

/** What a task that has succeeded is known by. */
export interface Left {
  output: Digest;
  /** Digest of the listing of its change. */
  tree: Digest;
}

export interface LeftOptions {
  graph: TaskGraph;
  store: ContentStore;
  /** What was there before any task. */
  base?: Tree | undefined;
}

/** What the tasks of one mission have left behind so far, who wrote what, and what comes out of it together. */
export class LeftBehind {
  readonly #graph: TaskGraph;
  readonly #store: ContentStore;
  readonly #base: Tree;
  readonly #positions: ReadonlyMap<string, number>;
  readonly #left = new Map<string, Left>();
  readonly #outputs = new Map<string, Digest>();
  readonly #changes = new Map<Digest, Change>();
  /** Positions of those whose change is not empty: trees are made of these. */
  readonly #wrote = new Set<number>();
  readonly #needs: (readonly number[])[];
  /** What tasks build on beside their needs, by position. */
  readonly #onto = new Map<number, readonly number[]>();
  readonly #reach: Reach;
  readonly #integration: Integration;
  /** Content that is known to be in the store. */
  readonly #known = new Set<Digest>();
  #ground = 0;

  constructor({ graph, store, base = [] }: LeftOptions) {
    this.#graph = graph;
    this.#store = store;
    this.#base = base;
    this.#positions = new Map(graph.tasks.map(({ id }, index) => [id, index]));
    this.#needs = graph.tasks.map(({ needs }) => needs.map(({ task }) => this.position(task)));
    this.#reach = new Reach(graph.tasks.length, (task) => this.#needs[task] ?? []);
    this.#integration = new Integration({
      reach: this.#reach,
      nameOf: (task) => this.#task(task).id,
      read: (digest) => store.get(digest),
      base: new Map(base.map((file) => [file.path, file])),
    });
  }

  /** Another one as soon as a task may have something else to build on than it had: a result was taken back or is another, or there is more to build on. */
  get ground(): number {
    return this.#ground;
  }

  /** What dependents see, by task id. */
  get outputs(): ReadonlyMap<string, Digest> {
    return this.#outputs;
  }

  /** Everything that the tasks that have succeeded make of the base: the product, once all have. */
  product(): Tree {
    return this.#merged(this.#wrote);
  }

  /** Files that no task has left as they are in the tree of all, or of what `task` builds on. */
  merged(task?: Task): MergedFile[] {
    const among = task === undefined ? () => true : this.#isBelow(task);
    return [...this.#integration.shared(among).values()].flatMap(({ merged }) => merged ?? []);
  }

  /** What a task that has succeeded has left. */
  changeOf(task: string): Change {
    const left = this.#leftBy(task);
    let change = this.#changes.get(left.tree);
    if (change === undefined) {
      change = readChange(this.#store, left.tree);
      this.#changes.set(left.tree, change);
    }
    return change;
  }

  /** All files that are there when `task` starts. */
  treeBelow(task: Task): Tree {
    return this.#merged(this.#wrote.size === 0 ? [] : this.#below(task).intersection(this.#wrote));
  }

  /** What an attempt at the task is given: it builds on its needs, and on those that it was sent back to build on. */
  handOut(task: Task): Pick<Attempt, 'needs' | 'inputs' | 'tree' | 'merged'> {
    const ground = [...task.needs.map((need) => need.task), ...this.ontoOf(task)];
    return {
      needs: new Map(ground.map((id) => [id, this.changeOf(id).files])),
      inputs: new Map(ground.map((id) => [id, this.#leftBy(id).output])),
      tree: () => this.treeBelow(task),
      merged: () => this.merged(task),
    };
  }

  /** Ids of the tasks that it was sent back to build on. */
  ontoOf(task: Task): string[] {
    return (this.#onto.get(this.position(task.id)) ?? []).map((position) => this.#task(position).id);
  }

  /** From now on `task` builds on those too. Those it builds on already, and those that come after it in the graph, are left out. */
  buildOnto(task: Task, others: Iterable<number>): void {
    const position = this.position(task.id);
    const known = this.#needs[position] ?? [];
    const onto = [...new Set(others)].filter((other) => other < position && !known.includes(other));
    if (onto.length === 0) return;
    this.#onto.set(
      position,
      [...(this.#onto.get(position) ?? []), ...onto].sort((a, b) => a - b),
    );
    this.#needs[position] = [...known, ...onto];
    this.#ground++;
    this.#reach.forget();
  }

  /** Returns the tasks whose changes must be held against those of others. */
  add(task: Task, left: Left, change: Change): number[] {
    const before = this.#outputs.get(task.id);
    if (before !== undefined && before !== left.output) this.#ground++;
    this.#left.set(task.id, left);
    this.#outputs.set(task.id, left.output);
    this.#changes.set(left.tree, change);
    const position = this.position(task.id);
    if (isEmpty(change)) this.#wrote.delete(position);
    else this.#wrote.add(position);
    return this.#integration.add(position, change);
  }

  /** Their results no longer count, nor does what builds on them, until it is looked at anew. Others may write what they wrote. */
  remove(tasks: readonly Task[]): void {
    const stale = new Set(tasks.map(({ id }) => this.position(id)));
    for (const [task, needs] of this.#needs.entries()) if (needs.some((need) => stale.has(need))) stale.add(task);
    for (const position of stale) {
      const { id } = this.#task(position);
      this.#left.delete(id);
      this.#outputs.delete(id);
      this.#wrote.delete(position);
    }
    this.#ground++;
    this.#integration.remove(stale);
  }

  /** What keeps the results that `task` builds on from being put together. */
  conflictBelow(task: Task): { conflict: Conflict; alone: boolean } | undefined {
    return this.#integration.isShared ? this.#integration.conflictAmong(this.#isBelow(task)) : undefined;
  }

  /** The conflicts of a task with those before it in the graph, of which all have come to their end. */
  conflictsOf(task: number): Conflict[] {
    return this.#integration.conflictsOf(task);
  }

  /** The paths that a task's change was merged in with others', and whose those were. */
  mergedBy(task: number): { paths: string[]; beside: number[] } {
    return this.#integration.mergedBy(task);
  }

  /** Contents that came out of merges since this was last asked; `task`: those of its tree are made now. */
  takeFresh(task?: Task): Uint8Array[] {
    if (!this.#integration.isShared) return [];
    if (task !== undefined) this.#integration.shared(this.#isBelow(task));
    return this.#integration.takeFresh();
  }

  /** The tasks that last wrote the paths, by position. */
  writersOf(paths: Iterable<string>): number[] {
    return this.#integration.writersOf(paths);
  }

  /** The change under `digest`, if it and all its content are still in the store. */
  stored(digest: Digest): Change | undefined {
    if (!this.#present(digest)) return undefined;
    const change = this.#changes.get(digest) ?? readChange(this.#store, digest);
    if (!change.files.every((artifact) => this.#present(artifact.digest))) return undefined;
    this.#changes.set(digest, change);
    return change;
  }

  position(id: string): number {
    const position = this.#positions.get(id);
    if (position === undefined) throw new RangeError(`no task ${id}`);
    return position;
  }

  /** In the order of the graph, so that where one task builds on another its version stands; what was written side by side is merged. */
  #merged(positions: Iterable<number>): Tree {
    const ordered = [...positions].sort((a, b) => a - b);
    const versions = new Map<string, Artifact | undefined>();
    for (const position of ordered) {
      const { files, removed } = this.changeOf(this.#task(position).id);
      for (const file of files) versions.set(file.path, file);
      for (const path of removed) versions.set(path, undefined);
    }
    if (this.#integration.isShared) {
      const among = new Set(ordered);
      for (const [path, { version }] of this.#integration.shared((task) => among.has(task))) versions.set(path, version);
    }
    return overlaid(this.#base, versions);
  }

  #isBelow(task: Task): (other: number) => boolean {
    const position = this.position(task.id);
    return (other) => this.#reach.builds(position, other);
  }

  #leftBy(task: string): Left {
    const left = this.#left.get(task);
    if (left === undefined) throw new RangeError(`${task} has not succeeded`);
    return left;
  }

  /** Positions of all tasks that `task` builds on, directly or not. */
  #below(task: Task): Set<number> {
    const seen = new Set<number>();
    const stack = [this.position(task.id)];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      for (const below of this.#needs[at] ?? []) {
        if (seen.has(below)) continue;
        seen.add(below);
        stack.push(below);
      }
    }
    return seen;
  }

  #present(digest: Digest): boolean {
    if (this.#known.has(digest)) return true;
    if (!existsSync(this.#store.pathOf(digest))) return false;
    this.#known.add(digest);
    return true;
  }

  #task(index: number): Task {
    const task = this.#graph.tasks[index];
    if (task === undefined) throw new RangeError(`no task ${index}`);
    return task;
  }
}
