import type { Digest } from '../../base/digest.ts';
import { isJsonObject } from '../../base/json.ts';
import type { TaskGraph } from '../../spec/model.ts';
import type { ContentStore } from '../vault/content-store.ts';

/**
 * A task graph as stored. The interpreter makes equal graphs member by member in one order, so that plain JSON is the same text for them, at a
 * tenth of the cost of the canonical form.
 */
export function graphText(graph: TaskGraph): string {
  return JSON.stringify(graph);
}

/** Reads what `graphText` wrote; the store has checked its digest. */
export function readGraph(store: ContentStore, digest: Digest): TaskGraph {
  const value: unknown = JSON.parse(Buffer.from(store.get(digest)).toString('utf8'));
  if (!isJsonObject(value) || !Array.isArray(value['tasks'])) throw new TypeError('not a task graph');
  return value as unknown as TaskGraph;
}
