import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import type { BundleFile } from '../../read-bundle.ts';
import { OWN_FOLDER } from './claims.ts';

/** The tasks of one tag. */
export interface TaskList {
  tag: string;
  tasks: readonly JsonValue[];
}

/** What the tool calls the tag of files that are older than tags. */
const FIRST_TAG = 'master';

/** The lists of a file: one for each tag, one without tags, or the bare list. Undefined if it is not made like one. */
export function taskListsOf(value: JsonValue): TaskList[] | undefined {
  if (isList(value)) return value.some(isTaskLike) ? [{ tag: FIRST_TAG, tasks: value }] : undefined;
  if (!isJsonObject(value)) return undefined;
  const lists = Object.entries(value).flatMap(([tag, held]): TaskList[] => {
    const tasks = tag === 'tasks' ? held : isJsonObject(held) ? held['tasks'] : undefined;
    return isList(tasks) ? [{ tag: tag === 'tasks' ? FIRST_TAG : tag, tasks }] : [];
  });
  return lists.length === 0 ? undefined : lists;
}

/** Judged by the words of its beginning: the file may be large, and is read later. */
export function looksLikeTasks({ path, text }: BundleFile): boolean {
  if (!/\.json$/i.test(path)) return false;
  const list = /"tasks"\s*:\s*\[/.exec(text);
  const head = text.slice(list?.index ?? 0, (list?.index ?? 0) + 20_000);
  if (/"title"\s*:/.test(head) && /"id"\s*:/.test(head) && /"(?:status|dependencies|subtasks|testStrategy)"\s*:/.test(head))
    return true;
  return list !== null && OWN_FOLDER.test(path);
}

/** Whether a value is a task, rather than, say, a shell command of an editor's `tasks.json`. */
export function isTaskLike(value: JsonValue): boolean {
  if (!isJsonObject(value) || value['id'] === undefined || value['title'] === undefined) return false;
  return ['status', 'dependencies', 'subtasks', 'description', 'details'].some((key) => value[key] !== undefined);
}

/** Name of the project, if the metadata has one that is not the tool's own default. */
export function projectNameOf(value: JsonValue): string | undefined {
  if (!isJsonObject(value)) return undefined;
  const places: (JsonValue | undefined)[] = [value, value['meta'], value['metadata'], value['global']];
  const names = places.filter((place): place is JsonObject => isJsonObject(place)).map((place) => place['projectName']);
  return names.find((name): name is string => typeof name === 'string' && !/^\s*$|^task[\s-]?master/i.test(name));
}

export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
