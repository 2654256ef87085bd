import { readYaml } from '../../documents/read-yaml.ts';

import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';

export interface RawWave {
  title: string;
  /** As printed: `1.1`, `T4`, `2. Title`. */
  tasks: string[];
}

/** What a code block says of the order of tasks. */
export interface WaveGraph {
  waves: RawWave[];
  /** `from` waits for `to`, as printed. */
  needs: { from: string; to: string }[];
}

const TASK_KEYS = ['tasks', 'taskIds', 'task_ids', 'items', 'ids', 'members'];
const NEED_KEYS = ['depends_on', 'dependsOn', 'dependencies', 'deps', 'needs', 'requires', 'after'];
const WAVE_KEYS = ['waves', 'Waves', 'executionWaves', 'execution_waves', 'batches', 'phases', 'groups'];

/** The graph in a JSON block in any of the shapes seen; undefined if it is no JSON, null if it is JSON about something else. */
export function graphIn(text: string): WaveGraph | null | undefined {
  const value = valueOf(text);
  if (value === undefined) return undefined;
  const graph: WaveGraph = { waves: wavesOf(value), needs: isJsonObject(value) ? needsOf(value) : [] };
  for (const entry of taskEntries(value)) for (const need of entryNeeds(entry)) graph.needs.push(need);
  return graph.waves.length + graph.needs.length === 0 ? null : graph;
}

/** A string ends with its line at the latest, so that each character is looked at once. */
const STRING_OR_ID = /"(?:[^"\\\n]|\\.)*(?:"|\\?$)|(?<![\w.-])(\d{1,4}(?:\.\d{1,4}){1,3})(?![\w.])/gm;

function valueOf(text: string): JsonValue | undefined {
  // Numbers such as 1.10 are ids, and lose their zero as numbers; those in texts stay.
  const quoted = text.replace(STRING_OR_ID, (found, id?: string) => (id === undefined ? found : `"${id}"`));
  try {
    const value: JsonValue = JSON.parse(quoted);
    return value;
  } catch {
    return lenientValue(quoted);
  }
}

/** Trailing commas and the like. */
function lenientValue(text: string): JsonValue | undefined {
  if (text.length > 50_000) return undefined;
  try {
    const { document, fault } = readYaml(text.replace(/^\s*\/\/.*$/gm, ''));
    if (fault !== undefined) return undefined;
    const value: unknown = document.toJS({ maxAliasCount: 0 });
    const plain: JsonValue = JSON.parse(JSON.stringify(value) ?? 'null');
    return typeof plain === 'object' && plain !== null ? plain : undefined;
  } catch {
    return undefined;
  }
}

interface Wave extends RawWave {
  id: string;
  needs: string[] | undefined;
}

function wavesOf(value: JsonValue): RawWave[] {
  const list = Array.isArray(value) ? value : isJsonObject(value) ? waveList(value) : undefined;
  const waves = (list ?? []).flatMap((entry, index) => waveOf(entry, index) ?? []);
  return waves.some(({ needs }) => needs !== undefined) ? inLevels(waves) : waves;
}

function waveList(value: JsonObject): JsonValue[] | undefined {
  const found = WAVE_KEYS.map((key) => value[key]).find((each) => each !== undefined);
  if (Array.isArray(found)) return found;
  if (found !== undefined && isJsonObject(found)) return mapEntries(found);
  const single = Object.keys(value).filter((key) => /^wave[\s_-]?\d{1,4}$/i.test(key));
  if (single.length > 0) return mapEntries(Object.fromEntries(single.map((key) => [key, value[key] ?? null])));
  return value['wave'] === undefined ? undefined : [value];
}

/** `{"0": ["1.1"], "wave1": {"tasks": […]}}`, whose keys are the waves' names. */
function mapEntries(value: JsonObject): JsonValue[] {
  return Object.entries(value).map(([id, entry]): JsonValue => {
    if (Array.isArray(entry)) return { id, tasks: entry };
    return entry !== undefined && isJsonObject(entry) ? { id, ...entry } : { id, tasks: [entry ?? null] };
  });
}

function waveOf(entry: JsonValue, index: number): Wave | undefined {
  if (typeof entry === 'string' || typeof entry === 'number')
    return { id: String(index), title: `wave ${index + 1}`, tasks: [String(entry)], needs: undefined };
  if (Array.isArray(entry))
    return { id: String(index), title: `wave ${index + 1}`, tasks: entry.flatMap((each) => idOf(each) ?? []), needs: undefined };
  if (!isJsonObject(entry)) return undefined;
  const tasks = TASK_KEYS.map((key) => entry[key]).find((each) => Array.isArray(each));
  if (!Array.isArray(tasks)) return undefined;
  const id = idOf(entry['id'] ?? entry['wave'] ?? entry['number'] ?? entry['name'] ?? index) ?? String(index);
  const name = entry['name'] ?? entry['title'];
  const title = typeof name === 'string' ? name : /^\d/.test(id) ? `wave ${id}` : id;
  return {
    id,
    title,
    tasks: tasks.flatMap((each) => idOf(each) ?? []),
    needs: idList(NEED_KEYS.map((key) => entry[key]).find((each) => each !== undefined)),
  };
}

/** Waves that say what they wait for: those that wait for equally much run together. */
function inLevels(waves: readonly Wave[]): RawWave[] {
  const positions = new Map(waves.map(({ id }, index) => [id, index]));
  const levels: number[] = waves.map(() => 0);
  for (let round = 0, changed = true; changed && round < Math.min(waves.length, 500); round++) {
    changed = false;
    for (const [index, { needs }] of waves.entries()) {
      const before = needs ?? (index === 0 ? [] : [waves[index - 1]?.id ?? '']);
      const level = before.reduce((deepest, need) => Math.max(deepest, (levels[positions.get(need) ?? -1] ?? -1) + 1), 0);
      if (level !== levels[index] && level <= waves.length) {
        levels[index] = level;
        changed = true;
      }
    }
  }
  const byLevel = Map.groupBy(waves.keys(), (index) => levels[index] ?? 0);
  return [...byLevel].toSorted(([a], [b]) => a - b).map(([, indexes]) => merged(indexes.flatMap((index) => waves[index] ?? [])));
}

function merged(waves: readonly Wave[]): RawWave {
  return { title: waves.map(({ title }) => title).join(' and '), tasks: waves.flatMap(({ tasks }) => tasks) };
}

/** `{"dependencies": {"2": ["1"]}}` and `{"edges": [{"from": "1", "to": "2"}]}`. */
function needsOf(value: JsonObject): WaveGraph['needs'] {
  const map = ['dependencies', 'depends_on', 'dependsOn']
    .map((key) => value[key])
    .find((each) => each !== undefined && isJsonObject(each));
  const mapped =
    map === undefined || !isJsonObject(map)
      ? []
      : Object.entries(map).flatMap(([from, needs]) => (idList(needs) ?? []).map((to) => ({ from, to })));
  const edges = value['edges'];
  const listed = (Array.isArray(edges) ? edges : []).flatMap((edge) => {
    const [before, after] = Array.isArray(edge) ? [edge[0], edge[1]] : isJsonObject(edge) ? [edge['from'], edge['to']] : [];
    const [to, from] = [idOf(before), idOf(after)];
    return from === undefined || to === undefined ? [] : [{ from, to }];
  });
  return [...mapped, ...listed];
}

/** Objects that stand for tasks, in waves or in a list of their own. */
function taskEntries(value: JsonValue): JsonObject[] {
  const lists = Array.isArray(value) ? value : isJsonObject(value) ? [value, ...(waveList(value) ?? [])] : [];
  return lists.flatMap((each) => {
    const tasks = isJsonObject(each) ? each['tasks'] : each;
    if (Array.isArray(tasks)) return tasks.filter((task) => isJsonObject(task));
    return tasks !== undefined && isJsonObject(tasks) && tasks !== each
      ? mapEntries(tasks).filter((task) => isJsonObject(task))
      : [];
  });
}

function entryNeeds(entry: JsonObject): WaveGraph['needs'] {
  const from = idOf(entry);
  const needs = idList(NEED_KEYS.map((key) => entry[key]).find((each) => each !== undefined));
  return from === undefined ? [] : (needs ?? []).map((to) => ({ from, to }));
}

function idList(value: JsonValue | undefined): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  return (Array.isArray(value) ? value : [value]).flatMap((each) => idOf(each) ?? []);
}

function idOf(value: JsonValue | undefined): string | undefined {
  const id =
    value !== undefined && isJsonObject(value) ? (value['id'] ?? value['task'] ?? value['taskId'] ?? value['task_id']) : value;
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined;
}
