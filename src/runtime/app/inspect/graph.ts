import { readGraph } from '../../mission/graphs.ts';
import { findMission } from '../../mission/queries.ts';
import { openContentStore } from '../../vault/content-store.ts';
import { withHistory } from '../host/history.ts';
import type { Handler } from '../operations.ts';
import { pageOf } from '../page.ts';
import type { GraphTask } from '../views.ts';

export const graph: Handler<'graph'> = ({ mission, ...page }, context) =>
  withHistory(context, ({ log, workspace }) => {
    const row = findMission(log.db, mission);
    const levels = new Map<string, number>();
    const tasks = readGraph(openContentStore(workspace.dir), row.graph).tasks.map((task): GraphTask => {
      const { id, sourceId = id, title, kind, milestone, priority, optional, needs } = task;
      const level = needs.reduce((most, need) => Math.max(most, (levels.get(need.task) ?? 0) + 1), 0);
      levels.set(id, level);
      return { id, sourceId, title, kind, milestone, priority, optional, level, needs };
    });
    const { items, next } = pageOf(tasks, page, ({ id }) => id);
    return {
      kind: 'Graph',
      mission: row.id,
      specification: { id: row.specification, title: row.title, dialect: row.dialect, digest: row.digest },
      tasks: items,
      ...next,
    };
  });
