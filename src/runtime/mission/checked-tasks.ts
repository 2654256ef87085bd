import { isJsonObject } from '../../base/json.ts';
import { ASSEMBLE, SCAFFOLD, WORK } from '../../spec/graph/task.ts';
import type { Task, TaskGraph } from '../../spec/model.ts';

/** What a check says it covers: a task's id, or all work that the source lists. */
export function verifies({ kind, fragment }: Task): string | undefined {
  if (kind !== 'verification' || !isJsonObject(fragment)) return undefined;
  return typeof fragment['verifies'] === 'string' ? fragment['verifies'] : undefined;
}

/** Ids of the tasks that a check covers: of this graph or, where it is a part of one, of the whole, which checks all that is made. */
export function checkedTasks({ tasks, part }: TaskGraph): Set<string> {
  if (part === true) return new Set(tasks.filter(({ ability }) => ability !== 'qa' && ability !== 'gate').map(({ id }) => id));
  const covered = new Set(tasks.flatMap((task) => verifies(task) ?? []));
  const work = covered.has(WORK) ? tasks.filter(({ kind }) => kind === 'work') : [];
  return new Set([...covered, ...work.map(({ id }) => id), ...(covered.has(ASSEMBLE) ? [SCAFFOLD] : [])]);
}
