import type { Dialect } from '../../dialect.ts';
import type { Bundle } from '../../read-bundle.ts';
import { TASK_FILE } from './claims.ts';
import { readLocatedJson } from './located-json.ts';
import { isTaskLike, looksLikeTasks, taskListsOf } from './task-lists.ts';

/** task-master: `tasks.json` with tasks and sub-tasks, by tag or (older) without. */
export const taskmaster: Dialect = {
  name: 'taskmaster',
  recognises,
  read: async (desk) => (await import('./read.ts')).read(desk),
};

function recognises({ files }: Bundle): boolean {
  const named = files.filter((file) => TASK_FILE.test(file.path));
  const [only] = files;
  if (named.length === 0 && files.length === 1 && only !== undefined) return looksLikeTasks(only) && isTasks(only.text);
  return named.some(looksLikeTasks);
}

/** Under a foreign name only what is nothing else: a schema too has words such as `title`, `id` and `status`. */
function isTasks(text: string): boolean {
  const json = readLocatedJson(text);
  return 'value' in json && taskListsOf(json.value)?.some(({ tasks }) => tasks.some(isTaskLike)) === true;
}
