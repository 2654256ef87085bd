import { type Digest, isDigest } from '../../base/digest.ts';
import { isJsonObject } from '../../base/json.ts';
import type { LogReader } from '../log/log-reader.ts';
import type { ContentStore } from '../vault/content-store.ts';
import type { KeyManifest } from './task-key.ts';

/** Longer manifests (a gate needs thousands of tasks) are kept in the content store, and named by digest. */
export const INLINE_LIMIT = 4_096;

/** What a task was made from, as the entry that says so has it: itself, or the digest of its content. Empty if the store has lost it. */
export function readManifest({ log, store }: { log: LogReader; store: ContentStore }, seq: number): KeyManifest {
  const { manifest: kept } = log.entry(seq).data;
  if (isDigest(kept) && !store.has(kept)) return {};
  const value: unknown = isDigest(kept) ? JSON.parse(Buffer.from(store.get(kept)).toString('utf8')) : kept;
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
}

/** How a manifest stands in an entry: as it is, or by digest. */
export type KeptManifest = KeyManifest | Digest;
