import type { Digest } from '../../base/digest.ts';
import { isJsonObject } from '../../base/json.ts';
import type { ContentStore } from '../vault/content-store.ts';
import type { KeyManifest } from './task-key.ts';

/** The manifest behind a task key; empty if the store has lost it. */
export function readManifest(store: ContentStore, digest: Digest): KeyManifest {
  if (!store.has(digest)) return {};
  const value: unknown = JSON.parse(Buffer.from(store.get(digest)).toString('utf8'));
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
}
