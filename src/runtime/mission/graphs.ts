import type { Digest } from '../../base/digest.ts';
import { canonicalJson, isJsonObject, type JsonValue } from '../../base/json.ts';
import type { TaskGraph } from '../../spec/model.ts';
import type { ContentStore } from '../vault/content-store.ts';

/** A task graph as stored: the mission that resumes runs this one, whatever has become of the bundle. */
export function graphText(graph: TaskGraph): string {
  return canonicalJson(graph as unknown as JsonValue);
}

/** Reads what `graphText` wrote; the store has checked its digest. */
export function readGraph(store: ContentStore, digest: Digest): TaskGraph {
  const value: unknown = JSON.parse(Buffer.from(store.get(digest)).toString('utf8'));
  if (!isJsonObject(value) || !Array.isArray(value['tasks'])) throw new TypeError('not a task graph');
  return value as unknown as TaskGraph;
}
