import { readGraph } from '../../mission/graphs.ts';
import { readManifest } from '../../mission/manifests.ts';
import { findMission, previousTask, type TaskRow, taskRow } from '../../mission/queries.ts';
import { readChange } from '../../mission/stored-tree.ts';
import { keyChanges } from '../../mission/task-key.ts';
import { type ContentStore, openContentStore } from '../../vault/content-store.ts';
import { withHistory } from '../host/history.ts';
import type { Handler } from '../operations.ts';
import type { ExplanationView } from '../views.ts';
import { because, stateOf } from './because.ts';
import { unknownTask } from './logs.ts';
import { readTaskPast } from './task-past.ts';

export const explain: Handler<'explain'> = ({ mission, task }, context) =>
  withHistory(context, ({ log, workspace }): ExplanationView => {
    const row = findMission(log.db, mission);
    const store = openContentStore(workspace.dir);
    const planned = readGraph(store, row.graph).tasks.find(({ id }) => id === task);
    if (planned === undefined) throw unknownTask(row.id, task);
    const done = taskRow(log.db, row.id, task);
    const before = previousTask(log.db, row, task);
    const inputsOf = ({ manifest_seq }: TaskRow) => (manifest_seq === null ? {} : readManifest({ log, store }, manifest_seq));
    const inputs = done === undefined ? {} : inputsOf(done);
    const changes = before === undefined || done === undefined ? [] : keyChanges(inputsOf(before), inputs);
    const past = readTaskPast(log, row.id, task);
    const facts = { task: planned, mission: row, row: done, before, changes, past, db: log.db };
    return {
      kind: 'Explanation',
      mission: row.id,
      task,
      title: planned.title,
      state: stateOf(facts),
      because: because(facts),
      attempt: done?.attempt ?? 0,
      feedback: done?.feedback ?? null,
      key: done?.key ?? null,
      inputs,
      changes,
      comparedWith: before?.mission ?? null,
      needs: planned.needs,
      outputs: outputsOf(done, store),
    };
  });

function outputsOf(done: TaskRow | undefined, store: ContentStore): ExplanationView['outputs'] {
  if (done?.tree == null || !store.has(done.tree)) return [];
  return readChange(store, done.tree).files.map(({ path, digest }) => ({ path, digest }));
}
