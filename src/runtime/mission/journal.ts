import { type Clock, forwardClock, ticks, timestamp } from '../../base/clock.ts';
import { type Digest, sha256 } from '../../base/digest.ts';
import type { Task, TaskGraph } from '../../spec/model.ts';
import type { EntryDraft } from '../log/entry.ts';
import type { Log } from '../log/log.ts';
import { changeDigest, type Tree, treeDigest } from '../vault/artifact.ts';
import type { ContentStore } from '../vault/content-store.ts';
import { changeListing } from '../vault/tree-listing.ts';
import type { Base } from './base.ts';
import { recordAgain } from './cached-evidence.ts';
import { checkedTasks, verifies } from './checked-tasks.ts';
import { chronicleOf } from './chronicle-of.ts';
import { conflictFeedback, conflictReason } from './conflict-feedback.ts';
import type { Conflict } from './integration.ts';
import { LeftBehind } from './left-behind.ts';
import type { Ending, Lookup } from './lookup.ts';
import { Losses } from './losses.ts';
import { INLINE_LIMIT, type KeptManifest } from './manifests.ts';
import { approvalFor } from './plan-tasks.ts';
import { type MissionRow, findResult, type StoredResult, type TaskRow, taskRow } from './queries.ts';
import {
  approvalAsked,
  approvalExpired,
  missionSlept,
  taskCached,
  taskCancelled,
  taskEscalated,
  taskFailed,
  type TaskIdentity,
  taskLost,
  taskMerged,
  taskReopened,
  taskSkipped,
  taskStarted,
  taskSucceeded,
} from './records.ts';
import { type Attempt, type AttemptResult, changeOf } from './runner.ts';
import type { MissionSettings } from './settings.ts';
import { SleepWatch } from './sleep-watch.ts';
import { Spending } from './spending.ts';
import type { TaskChange } from './task-change.ts';
import type { Keyed, Performer } from './task-key.ts';
import { TaskKeys } from './task-keys.ts';

export interface JournalOptions {
  mission: MissionRow;
  graph: TaskGraph;
  settings: MissionSettings;
  log: Log;
  store: ContentStore;
  clock: Clock;
  performerOf: (task: Task) => Performer;
  /** Ids of tasks that run even if the cache has their result. */
  force: ReadonlySet<string>;
  /** What was there before any task. */
  base: Base | undefined;
  /** What tasks build on beside their needs, by position: those with which they could not be put together before. */
  onto: ReadonlyMap<number, readonly number[]>;
  onChange: (change: TaskChange) => void;
}

/** More failures than any task may have. */
const TOO_OFTEN = 65_535;

/** Drafts that wait at most. */
const MANY_PENDING = 500;

/**
 * One mission's side of the log: looks results up, writes down that tasks start and how they end, and knows what they have left. A start is
 * durable before it is acted on, an end before it is told to the plan.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #left: LeftBehind;
  /** Hits wait here for the next durable write: losing one costs a second lookup. */
  readonly #pending: EntryDraft[] = [];
  /** Manifests and trees that the next write will name. */
  readonly #contents: Uint8Array[] = [];
  readonly #storing = new Set<Promise<unknown>>();
  /** Ends that are on their way into the log, by task. */
  readonly #ending = new Map<number, Promise<void>>();
  readonly #keys: TaskKeys;
  /** Ids of the tasks that a check of this graph covers. */
  readonly #checked: ReadonlySet<string>;
  readonly spending: Spending;
  /** When attempts were begun, in ticks. */
  readonly #begun = new WeakMap<Attempt, number>();
  readonly #sleep: SleepWatch;
  readonly #losses = new Losses();
  /** Conflicts that were found, by the task that is to be done again. */
  readonly #conflicts = new Map<number, readonly Conflict[]>();

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#left = new LeftBehind({ ...options, base: options.base?.tree });
    for (const [index, onto] of options.onto) this.#left.buildOnto(this.#task(index), onto);
    this.#keys = new TaskKeys(this.#left, options);
    this.#checked = checkedTasks(options.graph);
    this.#sleep = new SleepWatch(forwardClock(options.clock, Date.parse(options.mission.last_at)));
    const { tokens, money, energy, attempts, wall } = options.mission;
    this.spending = new Spending({ tokens, money, energy, attempts, wall }, options.settings.budget ?? {});
  }

  get mission(): string {
    return this.#options.mission.id;
  }

  /** What is on record for the task: its own end in this mission, or a result that it may take. */
  lookUp(index: number): Lookup {
    const task = this.#task(index);
    const found = this.#find(task);
    if (found.type !== 'miss') this.#keys.forget(task);
    return found;
  }

  #find(task: Task): Lookup {
    const { force, log } = this.#options;
    const blocked = this.#blocked(task);
    if (blocked !== undefined) return blocked;
    const keyed = this.#keys.of(task);
    const { key } = keyed;
    const row = taskRow(log.db, this.mission, task.id);
    // What is forced has to run in this mission, once: what was only taken over has not.
    const done = row?.state === 'succeeded' || (row?.state === 'cached' && !force.has(task.id));
    if (row !== undefined && row.key === key && done) {
      const own = { mission: row.origin ?? this.mission, output: row.output, tree: row.tree };
      const disputes = this.#take(task, own);
      return disputes === undefined ? { type: 'miss' } : { type: 'hit', disputes };
    }
    const refused = this.#refused(task, row);
    if (refused !== undefined) return refused;
    if (row?.state === 'failed' && row.key === key)
      return { type: 'spent', failures: row.failures, key, blames: this.#blamesOf(row) };
    if (row?.state === 'cancelled') return { type: 'spent', failures: TOO_OFTEN };
    // A gate decides over the evidence of its own mission, always; and what was found at fault is not taken back.
    if (force.has(task.id) || task.ability === 'gate') return { type: 'miss' };
    const result = row?.feedback == null ? findResult(log.db, key) : undefined;
    const disputes = result && this.#take(task, result);
    if (result === undefined || disputes === undefined) return { type: 'miss', key };
    this.#recordHit(task, { key, manifest: this.#keepManifest(keyed), result });
    return { type: 'hit', disputes };
  }

  #blocked(task: Task): Lookup | undefined {
    const found = this.#left.conflictBelow(task);
    if (found === undefined) return undefined;
    const { conflict, alone } = found;
    // Together with all others it may not come up again; it stands in the way of this task all the same.
    if (alone) this.#conflicts.set(conflict.task, [conflict]);
    return { type: 'blocked', by: conflict.task };
  }

  #blamesOf({ blames }: TaskRow): number[] {
    return blames === null ? [] : (JSON.parse(blames) as string[]).map((id) => this.#left.position(id));
  }

  /** A person has said no, or nobody has said anything in time. */
  #refused(task: Task, row: TaskRow | undefined): Lookup | undefined {
    const { clock } = this.#options;
    const late = row?.approval === 'asked' && row.approval_expires !== null && Date.parse(row.approval_expires) <= clock.now();
    if (late) this.expire(this.#left.position(task.id));
    else if (row?.approval === 'refused' && row.state !== 'failed') this.refuse(this.#left.position(task.id), 'It was rejected.');
    else if (row?.approval !== 'refused' && row?.approval !== 'expired') return undefined;
    return { type: 'spent', failures: TOO_OFTEN };
  }

  #recordHit(task: Task, { key, manifest, result }: { key: Digest; manifest: KeptManifest; result: StoredResult }): void {
    const { log } = this.#options;
    const { mission: origin, ...left } = result;
    const onto = this.#left.ontoOf(task);
    const below = (): Tree => this.#left.treeBelow(task);
    const place = { mission: this.mission, task: task.id };
    this.#pending.push(
      ...recordAgain(place, { log, origin, change: this.#left.changeOf(task.id), below }),
      taskCached(this.#identity(task), { key, manifest, ...left, origin, onto, verifies: verifies(task) }),
    );
    this.#announce({ task, state: 'cached' });
  }

  skip(index: number, because: number): void {
    const task = this.#task(index);
    const { id } = this.#task(because);
    const { db } = this.#options.log;
    const reason = taskRow(db, this.mission, id)?.state === 'cancelled' ? `${id} was cancelled` : `${id} failed`;
    if (taskRow(db, this.mission, task.id)?.state !== 'skipped') this.#pending.push(taskSkipped(this.#identity(task), reason));
    this.#announce({ task, state: 'skipped', reason });
  }

  cancelled(index: number): void {
    const task = this.#task(index);
    this.#pending.push(taskCancelled(this.#identity(task)));
    this.#announce({ task, state: 'cancelled' });
  }

  /**
   * Puts the question to people, durably: their answer must not come before it. Returns when nobody's answer becomes a no, in milliseconds since the epoch;
   * undefined if never.
   */
  async ask(index: number): Promise<number | undefined> {
    const { log, clock, settings } = this.#options;
    const task = this.#task(index);
    const product = treeDigest(this.#left.treeBelow(task));
    const row = taskRow(log.db, this.mission, task.id);
    // What it would begin with may have changed while the question stood: then it is another question.
    if (row?.approval !== 'asked' || row.approval_product !== product) {
      const { expires } = approvalFor(task, settings.approvals ?? []) ?? {};
      const until = expires === undefined ? undefined : timestamp({ now: () => clock.now() + expires });
      await this.#append([approvalAsked(this.#identity(task), { expires: until, product })]);
    }
    this.#announce({ task, state: 'waiting', reason: 'a person must approve it' });
    const until = taskRow(log.db, this.mission, task.id)?.approval_expires;
    return until == null ? undefined : Date.parse(until);
  }

  /** Whether the task's question still stands. */
  asks(index: number): boolean {
    return taskRow(this.#options.log.db, this.mission, this.#task(index).id)?.approval === 'asked';
  }

  /** Nobody has answered in time. */
  expire(index: number): void {
    this.#pending.push(approvalExpired(this.#identity(this.#task(index))));
    this.refuse(index, 'Nobody approved it in time.');
  }

  refuse(index: number, reason: string): void {
    const task = this.#task(index);
    const { key } = this.#keys.of(task);
    this.#pending.push(taskFailed(this.#identity(task), { attempt: 0, key, reason, usage: undefined }));
    this.#announce({ task, state: 'failed', reason });
  }

  /** Results were found at fault by a check, whose last words are the brief of the next attempts. All are open again, durably, or none. */
  async reopen(indexes: readonly number[], because: number): Promise<void> {
    const { log } = this.#options;
    const check = this.#task(because);
    const feedback = taskRow(log.db, this.mission, check.id)?.feedback ?? `${check.id} failed.`;
    const tasks = indexes.map((index) => this.#task(index));
    this.#left.remove(tasks);
    await this.#append(tasks.map((task) => taskReopened(this.#identity(task), { because: check.id, feedback })));
    for (const task of tasks) this.#announce({ task, state: 'again', reason: `${check.id} found it at fault` });
  }

  /**
   * Holds what a task left against what those before it in the graph have left, of which all have come to their end. Returns the tasks that it has to
   * build on when it is done again; none if all can be put together.
   */
  integrate(index: number): number[] {
    const found = this.#left.conflictsOf(index);
    const conflicts = found.length > 0 ? found : (this.#conflicts.get(index) ?? []);
    if (conflicts.length === 0) {
      const task = this.#task(index);
      const merged = this.#left.mergedBy(index);
      const beside = merged.beside.map((other) => this.#task(other).id);
      if (merged.paths.length > 0) this.#pending.push(taskMerged(this.#identity(task), { paths: merged.paths, beside }));
      return [];
    }
    this.#conflicts.set(index, conflicts);
    return [...new Set(conflicts.flatMap(({ onto }) => onto))].sort((a, b) => a - b);
  }

  /** A task that could not be put together with `onto` is to be done again on top of them, durably; with `final`, by nobody. What it left stays in the store. */
  async rebase(index: number, onto: readonly number[], { final }: { final: boolean }): Promise<void> {
    const task = this.#task(index);
    const others = onto.map((other) => this.#task(other).id);
    const conflicts = this.#conflicts.get(index) ?? [];
    this.#conflicts.delete(index);
    const { attempt = 0, key } = taskRow(this.#options.log.db, this.mission, task.id) ?? {};
    this.#left.remove([task]);
    this.#left.buildOnto(task, onto);
    const identity = this.#identity(task);
    const reason = conflictReason(others, conflicts);
    const builds = this.#left.ontoOf(task);
    await this.#append([
      final
        ? taskFailed(identity, { attempt, key: key ?? this.#keys.of(task).key, reason, usage: undefined, onto: builds })
        : taskReopened(identity, { because: others[0] ?? '', feedback: conflictFeedback(others, conflicts), onto: builds }),
    ]);
    this.#announce({ task, state: final ? 'failed' : 'again', reason });
  }

  /** Writes down that the tasks start, each with what `opening` has to say of its attempt, then hands out the attempts. */
  async start(indexes: readonly number[], opening: (attempt: Attempt) => EntryDraft[] = () => []): Promise<Attempt[]> {
    const ids = new Set(indexes.map((index) => this.#task(index).id));
    if (this.#pending.some(({ task }) => task !== undefined && ids.has(task))) await this.flush();
    // What is read below must be in the log: how an attempt at this very task has just ended.
    if (indexes.some((index) => this.#ending.has(index))) await this.settled();
    const startedAt = timestamp(this.#options.clock);
    const starts = indexes.map((index) => this.#startOf(this.#task(index), startedAt));
    // What their trees are merged of is in the store before anybody asks for it.
    for (const { attempt } of starts) this.#contents.push(...this.#left.takeFresh(attempt.task));
    await this.#append(starts.flatMap(({ attempt, draft }) => [draft, ...opening(attempt)]));
    const begun = ticks();
    for (const { attempt } of starts) {
      this.#announce({ task: attempt.task, state: 'running' });
      this.#begun.set(attempt, begun);
    }
    return starts.map(({ attempt }) => attempt);
  }

  #startOf(task: Task, startedAt: string): { attempt: Attempt; draft: EntryDraft } {
    const { mission, log, base } = this.#options;
    const keyed = this.#keys.of(task);
    const { key } = keyed;
    this.#keys.forget(task);
    const row = taskRow(log.db, this.mission, task.id);
    const number = (row?.attempt ?? 0) + 1;
    const attempt: Attempt = {
      mission: this.mission,
      specification: { id: mission.specification, digest: mission.digest },
      task,
      number,
      key,
      startedAt,
      ...this.#left.handOut(task),
      ...chronicleOf(this.#identity(task), number, (drafts) => this.#append(drafts)),
      ...(base !== undefined && { base }),
      ...(row?.feedback == null ? {} : { feedback: row.feedback }),
    };
    const start = { attempt: number, key, manifest: this.#keepManifest(keyed), onto: this.#left.ontoOf(task) };
    return { attempt, draft: taskStarted(this.#identity(task), start) };
  }

  /**
   * `results` in the order of `attempts`. Returns how they ended as soon as that is on its way into the log, and with it when it is there. What is
   * written later is not there before it, so that the plan may go on at once: the next start shares the commit.
   */
  async finish(
    attempts: readonly Attempt[],
    results: readonly AttemptResult[],
  ): Promise<{ endings: Ending[]; durable: Promise<void> }> {
    const ends = attempts.map((attempt, at) => ({ attempt, result: this.#losses.judged(attempt.task.id, results[at]) }));
    const drafts = ends.flatMap(({ attempt, result }) => [
      ...(result.closing ?? []),
      ...result.evidence,
      this.#end(attempt, result),
    ]);
    if (this.#contents.length > 0) await this.#storeContents();
    const endings = ends.map(({ attempt, result }) => this.#settle(attempt, result));
    const written = this.#write(drafts, ends);
    for (const { attempt } of ends) this.#ending.set(this.#left.position(attempt.task.id), written);
    return { endings, durable: written };
  }

  async #write(drafts: EntryDraft[], ends: readonly { attempt: Attempt; result: AttemptResult }[]): Promise<void> {
    await this.#append(drafts);
    for (const { attempt, result } of ends) {
      this.#ending.delete(this.#left.position(attempt.task.id));
      this.#tell(attempt, result);
    }
  }

  /** When all that has ended is in the log. */
  async settled(): Promise<void> {
    while (this.#ending.size > 0) await Promise.all(this.#ending.values());
  }

  /** The task has failed for good: what its agent could not do is left to people. */
  escalate(index: number): void {
    const task = this.#task(index);
    const { failures = 0, attempt = 0, state } = taskRow(this.#options.log.db, this.mission, task.id) ?? {};
    if (task.ability === 'model' && state === 'failed' && attempt > 0)
      this.#pending.push(taskEscalated(this.#identity(task), failures));
  }

  /** Writes what is pending if it is much: thousands of hits in a row are neither held in memory nor lost together. */
  async relieve(): Promise<void> {
    if (this.#pending.length >= MANY_PENDING) await this.flush();
  }

  /** Writes what is pending and `drafts`, in order, durably. */
  async flush(drafts: EntryDraft[] = []): Promise<void> {
    await this.#append(drafts);
  }

  /** Every file of every task that has succeeded: the product, once all have. */
  product(): Tree {
    return this.#left.product();
  }

  #end(attempt: Attempt, result: AttemptResult): EntryDraft {
    const { task } = attempt;
    const identity = this.#identity(task);
    const base = { attempt: attempt.number, key: attempt.key, usage: result.usage };
    if (result.outcome === 'failed') {
      const blames = this.#left.writersOf(result.faulty ?? []).map((index) => this.#task(index).id);
      return taskFailed(identity, { ...base, reason: result.reason, blames });
    }
    if (result.outcome === 'lost')
      return taskLost(identity, { attempt: attempt.number, key: attempt.key, reason: result.reason });
    const tree = this.#keep(changeListing(changeOf(result)));
    return taskSucceeded(identity, {
      ...base,
      output: result.output,
      tree,
      checked: this.#checked.has(task.id),
      verifies: verifies(task),
    });
  }

  #settle({ task }: Attempt, result: AttemptResult): Ending {
    this.spending.add(result.usage);
    if (result.outcome === 'failed') {
      return { outcome: 'failed', blames: this.#left.writersOf(result.faulty ?? []), final: this.#isSpent(task, result) };
    }
    if (result.outcome === 'lost') return { outcome: 'lost' };
    const change = changeOf(result);
    const disputes = this.#left.add(task, { output: result.output, tree: changeDigest(change) }, change);
    return { outcome: 'succeeded', disputes };
  }

  /** Whether the task has used, with this attempt, what it may. */
  #isSpent(task: Task, { usage }: AttemptResult): boolean {
    const { log, settings } = this.#options;
    const { wall: _, ...limits } = settings.budget?.task ?? {};
    if (Object.keys(limits).length === 0) return false;
    const { tokens = 0, money = 0, energy = 0, failures: attempts = 0 } = taskRow(log.db, this.mission, task.id) ?? {};
    const own = new Spending({ tokens, money, energy, attempts, wall: 0 }, limits);
    own.add(usage);
    return own.reached() !== undefined;
  }

  #tell(attempt: Attempt, result: AttemptResult): void {
    const { onChange } = this.#options;
    const { task } = attempt;
    const now = ticks();
    const elapsed = now - (this.#begun.get(attempt) ?? now);
    if (result.outcome === 'succeeded') onChange({ task, state: 'succeeded', elapsed });
    else onChange({ task, state: result.outcome === 'lost' ? 'again' : 'failed', elapsed, reason: result.reason });
  }

  /** Tells of a change after all that came before it: ends are told when they are in the log. */
  #announce(change: TaskChange): void {
    const { onChange } = this.#options;
    if (this.#ending.size === 0) onChange(change);
    // Whoever waits for a write that fails hears of it.
    else
      void this.settled().then(
        () => onChange(change),
        () => undefined,
      );
  }

  /** Tasks whose results must be held against those of others. Undefined if the content has gone: then the task runs again rather than the mission failing later. */
  #take(task: Task, result: StoredResult): number[] | undefined {
    const change = this.#left.stored(result.tree);
    return change && this.#left.add(task, result, change);
  }

  #keepManifest({ manifest, text }: Keyed): KeptManifest {
    return text.length <= INLINE_LIMIT ? manifest : this.#keep(text);
  }

  #keep(text: string | Uint8Array): Digest {
    const content = Buffer.from(text);
    this.#contents.push(content);
    return sha256(content);
  }

  /** Content first, then the entries that name it, of which it returns where those of `drafts` lie. Entries are queued at once where there is no content to wait for. */
  async #append(drafts: EntryDraft[]): Promise<readonly number[]> {
    const slept = this.#sleep.look();
    this.#contents.push(...this.#left.takeFresh());
    const all = [...(slept === 0 ? [] : [missionSlept(this.mission, slept)]), ...this.#pending.splice(0), ...drafts];
    if (this.#contents.length > 0 || this.#storing.size > 0) await this.#storeContents();
    return all.length === 0 ? [] : (await this.#options.log.append(all)).slice(all.length - drafts.length);
  }

  /** Stores what is kept, and waits for what others are storing: the next entries may name that too. */
  async #storeContents(): Promise<void> {
    const stored = this.#options.store.putMany(this.#contents.splice(0));
    this.#storing.add(stored);
    try {
      await Promise.all(this.#storing);
    } finally {
      this.#storing.delete(stored);
    }
  }

  #identity(task: Task): TaskIdentity {
    return { mission: this.mission, task: task.id, title: task.title, kind: task.kind };
  }

  #task(index: number): Task {
    const task = this.#options.graph.tasks[index];
    if (task === undefined) throw new RangeError(`no task ${index}`);
    return task;
  }
}
