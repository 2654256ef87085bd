import { NexusError } from '../../../base/errors.ts';
import { findMission, taskRow } from '../../mission/queries.ts';
import { withHistory } from '../host/history.ts';
import type { Handler } from '../operations.ts';
import type { LogLine } from '../views.ts';

/** Entries of one answer, if nothing else is said. */
const PAGE = 10_000;

export const logs: Handler<'logs'> = ({ mission, task, after, limit = PAGE }, context) =>
  withHistory(context, ({ log }) => {
    const row = findMission(log.db, mission);
    if (task !== undefined && taskRow(log.db, row.id, task) === undefined) throw unknownTask(row.id, task);
    const items: LogLine[] = [];
    for (const entry of log.entries({ mission: row.id, from: (after ?? row.first_seq - 1) + 1 })) {
      if (task !== undefined && entry.task !== task) continue;
      if (items.length === limit) return { kind: 'Logs', items, next: items.at(-1)?.seq ?? 0 };
      items.push({
        seq: entry.seq,
        at: entry.at,
        entry: entry.kind,
        mission: entry.mission ?? null,
        task: entry.task ?? null,
        data: { ...entry.data },
      });
    }
    return { kind: 'Logs', items };
  });

export function unknownTask(mission: string, task: string): NexusError {
  return new NexusError('NOT_FOUND', `Mission ${mission} has no task ${task}.`, {
    hint: `\`spec-kit status ${mission.slice(0, 13)}\` lists its tasks.`,
    details: { mission, task },
  });
}
