import { existsSync } from 'node:fs';

import { type Digest, sha256 } from '../../base/digest.ts';
import { listed } from '../../base/text.ts';
import type { Task, TaskGraph } from '../../spec/model.ts';
import type { LogReader } from '../log/log-reader.ts';
import type { ContentStore } from '../vault/content-store.ts';
import { graphText } from './graphs.ts';
import { readManifest } from './manifests.ts';
import { ontoAmong, ontoOf } from './onto.ts';
import {
  findResult,
  isOpen,
  latestMissionOf,
  type MissionRow,
  ontoRows,
  type StoredResult,
  type TaskRow,
  taskRow,
} from './queries.ts';
import { startsFrom } from './starts-from.ts';
import { keyChanges, type KeyManifest, keyManifest, type Performer, taskKey } from './task-key.ts';

/** What would happen to a task if the mission started now. */
export interface Foreseen {
  cached: boolean;
  /** One clause for people. */
  reason: string;
  /** Unknown while a need has yet to run. */
  key?: Digest;
}

export interface ForesightOptions {
  /** Absent where there is no workspace yet: nothing is cached. */
  history?: { log: LogReader; store: ContentStore };
  performerOf: (task: Task) => Performer;
  force: ReadonlySet<string>;
  /** Key of the files that the mission would start from. */
  base?: Digest | undefined;
}

/** Which tasks would run and which have their result already, in graph order, and why. Reads only. */
export function foresee(graph: TaskGraph, options: ForesightOptions): Map<string, Foreseen> {
  const last = options.history && latestMissionOf(options.history.log.db, graph.specification);
  const isSame = last !== undefined && last.graph === sha256(graphText(graph)) && startsFrom(last, options.base);
  const goesOn = isSame && isOpen(last) && last.cancelled === 0;
  const isDone = isSame && last.state === 'succeeded';
  const outputs = new Map<string, Digest>();
  const isStored = remembered((digest) => options.history !== undefined && existsSync(options.history.store.pathOf(digest)));
  const foreseen = new Map<string, Foreseen>();
  const onto = ontoByTask(graph, { ...options, last, goesOn });
  const context = { ...options, last, goesOn, isDone, outputs, onto, isStored };
  for (const task of graph.tasks) foreseen.set(task.id, foreseeTask(task, context));
  return foreseen;
}

function ontoByTask({ tasks }: TaskGraph, { history, last, goesOn }: Past): Map<string, string[]> {
  if (history === undefined || last === undefined) return new Map();
  const found = goesOn ? ontoOf(tasks, last, history.log.db) : ontoAmong(tasks, ontoRows(history.log.db, last.id));
  const idAt = (position: number): string => tasks[position]?.id ?? '';
  return new Map([...found].map(([position, others]) => [idAt(position), others.map(idAt)]));
}

type Past = Pick<TaskContext, 'history' | 'last' | 'goesOn'>;

interface TaskContext extends ForesightOptions {
  last: MissionRow | undefined;
  /** That mission is unfinished, and would be taken up. */
  goesOn: boolean;
  /** That mission has succeeded with this very graph: where nothing has changed since, none is started. */
  isDone: boolean;
  /** What the needs have left; grows as tasks are found cached. */
  outputs: Map<string, Digest>;
  /** What tasks were found to have to build on beside their needs. */
  onto: ReadonlyMap<string, readonly string[]>;
  /** Whether the store has the content: tasks that leave nothing all leave the same. */
  isStored: (digest: Digest) => boolean;
}

function remembered(look: (digest: Digest) => boolean): (digest: Digest) => boolean {
  const known = new Map<Digest, boolean>();
  return (digest) => {
    const answer = known.get(digest) ?? look(digest);
    known.set(digest, answer);
    return answer;
  };
}

function foreseeTask(task: Task, context: TaskContext): Foreseen {
  const { history, outputs, force, last } = context;
  if (history === undefined) return { cached: false, reason: 'never run here' };
  const onto = context.onto.get(task.id) ?? [];
  const running = [...task.needs.map((need) => need.task), ...onto].filter((need) => !outputs.has(need));
  if (running.length > 0) return { cached: false, reason: `needs ${few(running)}, which will run first` };
  const manifest = keyManifest(task, context.performerOf(task), { outputs, onto, base: context.base });
  const key = taskKey(manifest);
  const { isDone, goesOn } = context;
  const own = last !== undefined && (goesOn || isDone) ? taskRow(history.log.db, last.id, task.id) : undefined;
  const isOwn = own?.key === key && (own.state === 'succeeded' || (own.state === 'cached' && !force.has(task.id)));
  const done = own !== undefined && isOwn && context.isStored(own.tree) ? own : undefined;
  const take = ({ output, mission }: StoredResult, how: (mission: string) => string): Foreseen => {
    outputs.set(task.id, output);
    return { cached: true, reason: how(mission.slice(0, 13)), key };
  };
  if (done !== undefined && goesOn) return take(done, (mission) => `done in mission ${mission}, which goes on`);
  if (force.has(task.id)) return { cached: false, reason: 'forced', key };
  if (task.ability === 'gate' && !isDone) return { cached: false, reason: 'decides over the evidence of its own mission', key };
  const result = findResult(history.log.db, key);
  // What no check has passed is nobody's to take; but where all was done just so, none of it is done again.
  if (result === undefined && done !== undefined) return take(done, (mission) => `done in mission ${mission}`);
  if (result === undefined) return { cached: false, reason: whyNot(task, manifest, { ...history, last }), key };
  if (!context.isStored(result.tree)) return { cached: false, reason: 'its result is no longer in the store', key };
  return take(result, (mission) => `same inputs as in mission ${mission}`);
}

function whyNot(
  task: Task,
  manifest: KeyManifest,
  history: { log: LogReader; store: ContentStore; last: MissionRow | undefined },
): string {
  const before = history.last && taskRow(history.log.db, history.last.id, task.id);
  if (before?.manifest_seq == null) return 'never run here';
  const changes = keyChanges(readManifest(history, before.manifest_seq), manifest);
  return changes.length > 0 ? `changed: ${few(changes.map(({ input }) => input))}` : unfinished(before);
}

function unfinished({ state }: TaskRow): string {
  if (state === 'succeeded' || state === 'cached') return 'no check has passed its result';
  return state === 'failed' ? 'failed last time' : 'did not finish last time';
}

function few(names: readonly string[]): string {
  return names.length <= 3 ? listed(names) : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
}
