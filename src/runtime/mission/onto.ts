import type { Task } from '../../spec/model.ts';
import type { LogQueries } from '../log/database.ts';
import { missionBefore, type MissionRow, ontoRows } from './queries.ts';

/**
 * What tasks build on beside their needs, by position: as the mission's own log has it, else as the mission before it found out. So a conflict is met once,
 * and what came of it can be taken from the cache.
 */
export function ontoOf(tasks: readonly Task[], mission: MissionRow, db: LogQueries): Map<number, number[]> {
  const last = missionBefore(db, mission);
  return ontoAmong(tasks, new Map([...(last === undefined ? [] : ontoRows(db, last.id)), ...ontoRows(db, mission.id)]));
}

/** The same of what is recorded by ids: of tasks that are there, and come before the one that builds on them. */
export function ontoAmong(tasks: readonly Task[], known: ReadonlyMap<string, readonly string[]>): Map<number, number[]> {
  if (known.size === 0) return new Map();
  const positions = new Map(tasks.map(({ id }, index) => [id, index]));
  const found = [...known].flatMap(([id, others]): [number, number[]][] => {
    const position = positions.get(id) ?? -1;
    const needs = new Set(tasks[position]?.needs.map(({ task }) => task));
    const onto = others
      .flatMap((other) => (needs.has(other) ? [] : (positions.get(other) ?? [])))
      .filter((other) => other < position);
    return onto.length === 0 ? [] : [[position, onto.sort((a, b) => a - b)]];
  });
  return new Map(found);
}
