import { existsSync } from 'node:fs';

import { type Clock, timestamp } from '../../base/clock.ts';
import { type Digest, sha256 } from '../../base/digest.ts';
import { canonicalJson } from '../../base/json.ts';
import type { Task, TaskGraph } from '../../spec/model.ts';
import type { EntryDraft } from '../log/entry.ts';
import type { Log } from '../log/log.ts';
import { mergeTrees, type Tree, treeDigest } from '../vault/artifact.ts';
import type { ContentStore } from '../vault/content-store.ts';
import { treeListing } from '../vault/tree-listing.ts';
import { recordAgain } from './cached-evidence.ts';
import { taskCached, taskFailed, type TaskIdentity, taskSkipped, taskStarted, taskSucceeded } from './records.ts';
import { findResult, taskRow, type StoredResult } from './queries.ts';
import type { Attempt, AttemptResult } from './runner.ts';
import { readTree } from './stored-tree.ts';
import { type KeyManifest, keyManifest, type Performer, taskKey } from './task-key.ts';

export interface JournalOptions {
  mission: string;
  graph: TaskGraph;
  log: Log;
  store: ContentStore;
  clock: Clock;
  performerOf: (task: Task) => Performer;
  /** Ids of tasks that run even if the cache has their result. */
  force: ReadonlySet<string>;
  onChange: (change: TaskChange) => void;
}

/** What faces show while a mission runs. */
export interface TaskChange {
  task: Task;
  state: 'running' | 'succeeded' | 'cached' | 'failed' | 'skipped';
  reason?: string;
  /** Milliseconds it ran. */
  elapsed?: number;
}

/** Entries that may wait for the next durable write. */
const MANY_PENDING = 500;

const NO_ANSWER: AttemptResult = { outcome: 'failed', reason: 'The runner gave no answer.', evidence: [] };

interface Settled {
  output: Digest;
  tree: Digest;
}

/** Who wrote a file last. */
interface Writer {
  task: number;
  digest: Digest;
}

/**
 * One mission's side of the log: looks results up, writes down that tasks start and how they end, and knows what the settled ones have
 * left. A start is durable before it is acted on, an end before it is told to the plan.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #settled = new Map<string, Settled>();
  readonly #outputs = new Map<string, Digest>();
  readonly #trees = new Map<string, Tree>();
  /** Hits wait here for the next durable write: losing one costs a second lookup. */
  readonly #pending: EntryDraft[] = [];
  /** Manifests and trees that the next write will name. */
  readonly #contents: Uint8Array[] = [];
  readonly #known = new Set<Digest>();
  readonly #positions: ReadonlyMap<string, number>;
  readonly #writers = new Map<string, Writer>();

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#positions = new Map(options.graph.tasks.map(({ id }, index) => [id, index]));
  }

  /** Takes the task's result from an earlier attempt, if there is one whose content is still there. */
  lookUp(index: number): boolean {
    const { force, mission, log } = this.#options;
    const task = this.#task(index);
    const manifest = this.#manifest(task);
    const key = taskKey(manifest);
    const row = taskRow(log.db, mission, task.id);
    if (row !== undefined && row.key === key && (row.state === 'succeeded' || row.state === 'cached')) {
      return this.#take(task, { mission: row.origin ?? mission, output: row.output, tree: row.tree });
    }
    // A gate decides over the evidence of its own mission, always.
    if (force.has(task.id) || task.ability === 'gate') return false;
    const result = findResult(log.db, key);
    if (result === undefined || !this.#take(task, result)) return false;
    this.#recordHit(task, { key, manifest: this.#keep(canonicalJson(manifest)), result });
    return true;
  }

  #recordHit(task: Task, { key, manifest, result }: { key: Digest; manifest: Digest; result: StoredResult }): void {
    const { mission, log, onChange } = this.#options;
    const { mission: origin, output, tree } = result;
    const below = (): Tree => this.treeBelow(task);
    this.#pending.push(
      ...recordAgain({ mission, task: task.id }, { log, origin, tree: this.treeOf(task.id), below }),
      taskCached(this.#identity(task), { key, manifest, output, tree, origin }),
    );
    onChange({ task, state: 'cached' });
  }

  skip(index: number, because: number): void {
    const task = this.#task(index);
    const reason = `${this.#task(because).id} failed`;
    this.#pending.push(taskSkipped(this.#identity(task), this.#task(because).id));
    this.#options.onChange({ task, state: 'skipped', reason });
  }

  /** Writes down that the tasks start, then hands out their attempts. */
  async start(indexes: readonly number[]): Promise<Attempt[]> {
    const { mission, log, clock, onChange } = this.#options;
    const startedAt = timestamp(clock);
    const starts = indexes.map((index) => {
      const task = this.#task(index);
      const manifest = this.#manifest(task);
      const number = (taskRow(log.db, mission, task.id)?.attempt ?? 0) + 1;
      return { task, number, key: taskKey(manifest), manifest: this.#keep(canonicalJson(manifest)) };
    });
    await this.#append(
      starts.map(({ task, number, key, manifest }) => taskStarted(this.#identity(task), { attempt: number, key, manifest })),
    );
    for (const { task } of starts) onChange({ task, state: 'running' });
    return starts.map(({ task, number, key }) => ({
      mission,
      task,
      number,
      key,
      startedAt,
      needs: new Map(task.needs.map((need) => [need.task, this.treeOf(need.task)])),
      inputs: new Map(task.needs.map((need) => [need.task, this.#outputOf(need.task)])),
      tree: () => this.treeBelow(task),
    }));
  }

  /** `results` in the order of `attempts`. Returns how they ended: what the runner calls a success may clash with what others have left. */
  async finish(attempts: readonly Attempt[], results: readonly AttemptResult[]): Promise<AttemptResult['outcome'][]> {
    const ends = attempts.map((attempt, at) => ({ attempt, result: this.#unlessClash(attempt.task, results[at] ?? NO_ANSWER) }));
    await this.#append(ends.flatMap(({ attempt, result }) => [...result.evidence, this.#end(attempt, result)]));
    for (const { attempt, result } of ends) this.#settle(attempt, result);
    return ends.map(({ result }) => result.outcome);
  }

  /** Writes what is pending if it is much: thousands of hits in a row are neither held in memory nor lost together. */
  async relieve(): Promise<void> {
    if (this.#pending.length >= MANY_PENDING) await this.flush();
  }

  /** Writes what is pending and `drafts`, in order, durably. */
  async flush(drafts: EntryDraft[] = []): Promise<void> {
    await this.#append(drafts);
  }

  /** Every file of every settled task: the product, once all have. */
  product(): Tree {
    return this.#merged(this.#settled.keys().map((id) => this.#position(id)));
  }

  /** In the order of the graph, so that of two versions of a file the one of the later task stands, whichever finished first. */
  #merged(positions: Iterable<number>): Tree {
    const ordered = [...positions].sort((a, b) => a - b);
    return mergeTrees(ordered.map((position) => this.treeOf(this.#task(position).id)));
  }

  treeOf(task: string): Tree {
    const settled = this.#settled.get(task);
    if (settled === undefined) throw new RangeError(`${task} has not settled`);
    let tree = this.#trees.get(settled.tree);
    if (tree === undefined) {
      tree = readTree(this.#options.store, settled.tree);
      this.#trees.set(settled.tree, tree);
    }
    return tree;
  }

  /** All files of the settled tasks that `task` needs, directly or not. */
  treeBelow(task: Task): Tree {
    return this.#merged(this.#below(task));
  }

  /** Positions of all tasks that `task` needs, directly or not. */
  #below(task: Task): Set<number> {
    const seen = new Set<number>();
    const stack = [task];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      for (const need of at.needs) {
        const below = this.#position(need.task);
        if (seen.has(below)) continue;
        seen.add(below);
        stack.push(this.#task(below));
      }
    }
    return seen;
  }

  /**
   * A success, unless it holds a file that a task wrote otherwise which it does not build on: nothing says whose version is to stand, and it must
   * not be whoever finishes last.
   */
  #unlessClash(task: Task, result: AttemptResult): AttemptResult {
    if (result.outcome === 'failed') return result;
    const clash = this.#clash(task, result.tree);
    // Claimed before anything is written: another attempt may end in the meantime.
    if (clash === undefined) {
      this.#claim(task, result.tree);
      return result;
    }
    const { id } = this.#task(clash.writer);
    const reason = `It wrote ${clash.path}, and so did ${id}, otherwise. Say in the specification which of the two comes first.`;
    return { outcome: 'failed', reason, evidence: [], ...(result.usage === undefined ? {} : { usage: result.usage }) };
  }

  #clash(task: Task, tree: Tree): { path: string; writer: number } | undefined {
    let below: Set<number> | undefined;
    for (const { path, digest } of tree) {
      const writer = this.#writers.get(path);
      if (writer === undefined || writer.digest === digest || writer.task === this.#position(task.id)) continue;
      below ??= this.#below(task);
      if (!below.has(writer.task)) return { path, writer: writer.task };
    }
    return undefined;
  }

  #end(attempt: Attempt, result: AttemptResult): EntryDraft {
    const identity = this.#identity(attempt.task);
    const base = { attempt: attempt.number, key: attempt.key, usage: result.usage };
    if (result.outcome === 'failed') return taskFailed(identity, { ...base, reason: result.reason });
    return taskSucceeded(identity, { ...base, output: result.output, tree: this.#keep(treeListing(result.tree)) });
  }

  #settle({ task, startedAt }: Attempt, result: AttemptResult): void {
    const { clock, onChange } = this.#options;
    const elapsed = Math.max(0, clock.now() - Date.parse(startedAt));
    if (result.outcome === 'failed') {
      onChange({ task, state: 'failed', elapsed, reason: result.reason });
      return;
    }
    this.#remember(task, { output: result.output, tree: treeDigest(result.tree) }, result.tree);
    onChange({ task, state: 'succeeded', elapsed });
  }

  /** False if the content has gone: then the task runs again rather than the mission failing later. */
  #take(task: Task, result: StoredResult): boolean {
    const { store } = this.#options;
    if (!this.#present(result.tree)) return false;
    const tree = readTree(store, result.tree);
    if (!tree.every((artifact) => this.#present(artifact.digest))) return false;
    if (this.#clash(task, tree) !== undefined) return false;
    this.#trees.set(result.tree, tree);
    this.#remember(task, result, tree);
    return true;
  }

  #present(digest: Digest): boolean {
    if (this.#known.has(digest)) return true;
    if (!existsSync(this.#options.store.pathOf(digest))) return false;
    this.#known.add(digest);
    return true;
  }

  #remember(task: Task, settled: Settled, tree: Tree): void {
    this.#settled.set(task.id, settled);
    this.#outputs.set(task.id, settled.output);
    this.#claim(task, tree);
  }

  #claim(task: Task, tree: Tree): void {
    const position = this.#position(task.id);
    for (const { path, digest } of tree) this.#writers.set(path, { task: position, digest });
  }

  #position(id: string): number {
    const position = this.#positions.get(id);
    if (position === undefined) throw new RangeError(`no task ${id}`);
    return position;
  }

  #outputOf(task: string): Digest {
    const output = this.#outputs.get(task);
    if (output === undefined) throw new RangeError(`${task} has not settled`);
    return output;
  }

  #manifest(task: Task): KeyManifest {
    return keyManifest(task, this.#options.performerOf(task), this.#outputs);
  }

  #keep(text: string | Uint8Array): Digest {
    const content = Buffer.from(text);
    this.#contents.push(content);
    return sha256(content);
  }

  /** Content first, then the entries that name it. */
  async #append(drafts: EntryDraft[]): Promise<void> {
    const all = [...this.#pending.splice(0), ...drafts];
    await this.#options.store.putMany(this.#contents.splice(0));
    if (all.length > 0) await this.#options.log.append(all);
  }

  #identity(task: Task): TaskIdentity {
    return { mission: this.#options.mission, task: task.id, title: task.title, kind: task.kind };
  }

  #task(index: number): Task {
    const task = this.#options.graph.tasks[index];
    if (task === undefined) throw new RangeError(`no task ${index}`);
    return task;
  }
}
