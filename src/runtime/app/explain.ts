import { listed } from '../../base/text.ts';
import type { Task } from '../../spec/model.ts';
import type { LogQueries } from '../log/database.ts';
import { readGraph } from '../mission/graphs.ts';
import { readManifest } from '../mission/manifests.ts';
import { findMission, type MissionRow, previousTask, type TaskRow, taskRow } from '../mission/queries.ts';
import { readTree } from '../mission/stored-tree.ts';
import { type KeyChange, keyChanges } from '../mission/task-key.ts';
import { type ContentStore, openContentStore } from '../vault/content-store.ts';
import { withHistory } from './history.ts';
import { unknownTask } from './logs.ts';
import type { Handler } from './operations.ts';
import type { ExplanationView } from './views.ts';

export const explain: Handler<'explain'> = ({ mission, task }, context) =>
  withHistory(context, ({ log, workspace }): ExplanationView => {
    const row = findMission(log.db, mission);
    const store = openContentStore(workspace.dir);
    const planned = readGraph(store, row.graph).tasks.find(({ id }) => id === task);
    if (planned === undefined) throw unknownTask(row.id, task);
    const done = taskRow(log.db, row.id, task);
    const before = previousTask(log.db, row, task);
    const inputs = done?.manifest == null ? {} : readManifest(store, done.manifest);
    const changes = before === undefined || done === undefined ? [] : keyChanges(readManifest(store, before.manifest), inputs);
    return {
      kind: 'Explanation',
      mission: row.id,
      task,
      title: planned.title,
      state: done?.state ?? 'waiting',
      because: because(planned, { row, done, before, changes, db: log.db }),
      key: done?.key ?? null,
      inputs,
      changes,
      comparedWith: before?.mission ?? null,
      needs: planned.needs,
      outputs: outputsOf(done, store),
    };
  });

interface Facts {
  row: MissionRow;
  done: TaskRow | undefined;
  before: TaskRow | undefined;
  changes: KeyChange[];
  db: LogQueries;
}

function because(task: Task, { row, done, before, changes, db }: Facts): string {
  if (done === undefined) return `It has not started: ${waitsFor(task, row, db)}.`;
  if (done.state === 'cached') return `Its inputs are those of mission ${done.origin}, so that result was taken.`;
  if (done.state === 'skipped') return `It was skipped: ${done.reason}.`;
  if (before === undefined) return 'It ran because no earlier mission of this specification has run it.';
  if (changes.length === 0)
    return `It ran again with the same inputs: it ${before.state === 'failed' ? 'failed' : 'did not finish'} before, or was forced.`;
  return `It ran because ${listed(changes.map(({ input }) => input))} changed.`;
}

function waitsFor(task: Task, row: MissionRow, db: LogQueries): string {
  const open = task.needs.filter((need) => !['succeeded', 'cached'].includes(taskRow(db, row.id, need.task)?.state ?? ''));
  return open.length === 0 ? 'it waits for a free slot' : `it needs ${listed(open.map((need) => need.task))}`;
}

function outputsOf(done: TaskRow | undefined, store: ContentStore): ExplanationView['outputs'] {
  if (done?.tree == null || !store.has(done.tree)) return [];
  return readTree(store, done.tree).map(({ path, digest }) => ({ path, digest }));
}
