import { existsSync } from 'node:fs';

import type { Digest } from '../../base/digest.ts';
import type { Task, TaskGraph } from '../../spec/model.ts';
import { mergeTrees, type Tree } from '../vault/artifact.ts';
import type { ContentStore } from '../vault/content-store.ts';
import { readTree } from './stored-tree.ts';

/** What a task that has succeeded is known by. */
export interface Left {
  output: Digest;
  /** Digest of its tree's listing. */
  tree: Digest;
}

/** Who wrote a file last. */
interface Writer {
  task: number;
  digest: Digest;
}

/** What the tasks of one mission have left behind so far, and who wrote what. */
export class LeftBehind {
  readonly #graph: TaskGraph;
  readonly #store: ContentStore;
  readonly #positions: ReadonlyMap<string, number>;
  readonly #left = new Map<string, Left>();
  readonly #outputs = new Map<string, Digest>();
  readonly #trees = new Map<Digest, Tree>();
  readonly #writers = new Map<string, Writer>();
  /** Content that is known to be in the store. */
  readonly #known = new Set<Digest>();

  constructor(graph: TaskGraph, store: ContentStore) {
    this.#graph = graph;
    this.#store = store;
    this.#positions = new Map(graph.tasks.map(({ id }, index) => [id, index]));
  }

  /** What dependents see, by task id. */
  get outputs(): ReadonlyMap<string, Digest> {
    return this.#outputs;
  }

  /** Every file of every task that has succeeded: the product, once all have. */
  product(): Tree {
    return this.#merged(this.#left.keys().map((id) => this.position(id)));
  }

  treeOf(task: string): Tree {
    const left = this.#left.get(task);
    if (left === undefined) throw new RangeError(`${task} has not succeeded`);
    let tree = this.#trees.get(left.tree);
    if (tree === undefined) {
      tree = readTree(this.#store, left.tree);
      this.#trees.set(left.tree, tree);
    }
    return tree;
  }

  /** All files of the tasks that `task` needs, directly or not. */
  treeBelow(task: Task): Tree {
    return this.#merged(this.#below(task));
  }

  add(task: Task, left: Left, tree: Tree): void {
    this.#left.set(task.id, left);
    this.#outputs.set(task.id, left.output);
    this.claim(task, tree);
  }

  /** Their results no longer count, nor does what builds on them, until it is looked at anew. Others may write what they wrote. */
  remove(tasks: readonly Task[]): void {
    const stale = new Set(tasks.map(({ id }) => id));
    for (const { id, needs } of this.#graph.tasks) if (needs.some(({ task }) => stale.has(task))) stale.add(id);
    for (const id of stale) {
      this.#left.delete(id);
      this.#outputs.delete(id);
    }
    for (const [path, { task }] of this.#writers) if (stale.has(this.#task(task).id)) this.#writers.delete(path);
  }

  /** The files are this task's from now on. */
  claim(task: Task, tree: Tree): void {
    const position = this.position(task.id);
    for (const { path, digest } of tree) this.#writers.set(path, { task: position, digest });
  }

  /** A file of `tree` that a task wrote otherwise which `task` does not build on: nothing says whose version is to stand. */
  clash(task: Task, tree: Tree): { path: string; writer: string } | undefined {
    let below: Set<number> | undefined;
    for (const { path, digest } of tree) {
      const writer = this.#writers.get(path);
      if (writer === undefined || writer.digest === digest || writer.task === this.position(task.id)) continue;
      below ??= this.#below(task);
      if (!below.has(writer.task)) return { path, writer: this.#task(writer.task).id };
    }
    return undefined;
  }

  /** The tasks that last wrote the paths, by position. */
  writersOf(paths: Iterable<string>): number[] {
    return [...new Set([...paths].flatMap((path) => this.#writers.get(path)?.task ?? []))].sort((a, b) => a - b);
  }

  /** The tree under `digest`, if it and all its content are still in the store. */
  stored(digest: Digest): Tree | undefined {
    if (!this.#present(digest)) return undefined;
    const tree = this.#trees.get(digest) ?? readTree(this.#store, digest);
    if (!tree.every((artifact) => this.#present(artifact.digest))) return undefined;
    this.#trees.set(digest, tree);
    return tree;
  }

  position(id: string): number {
    const position = this.#positions.get(id);
    if (position === undefined) throw new RangeError(`no task ${id}`);
    return position;
  }

  /** In the order of the graph, so that of two versions of a file the one of the later task stands, whichever finished first. */
  #merged(positions: Iterable<number>): Tree {
    const ordered = [...positions].sort((a, b) => a - b);
    return mergeTrees(ordered.map((position) => this.treeOf(this.#task(position).id)));
  }

  /** Positions of all tasks that `task` needs, directly or not. */
  #below(task: Task): Set<number> {
    const seen = new Set<number>();
    const stack = [task];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      for (const need of at.needs) {
        const below = this.position(need.task);
        if (seen.has(below)) continue;
        seen.add(below);
        stack.push(this.#task(below));
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
