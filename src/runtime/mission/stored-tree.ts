import type { Digest } from '../../base/digest.ts';
import type { Change, Tree } from '../vault/artifact.ts';
import type { ContentStore } from '../vault/content-store.ts';
import { parseChangeListing, parseTreeListing, type TreeEntry } from '../vault/tree-listing.ts';

/** The tree whose listing the store has under `digest`; the sizes of its files come from the store too. */
export function readTree(store: ContentStore, digest: Digest): Tree {
  return sized(store, parseTreeListing(store.get(digest)));
}

/** What a task has left, as the store has it under `digest`. */
export function readChange(store: ContentStore, digest: Digest): Change {
  const { files, removed } = parseChangeListing(store.get(digest));
  return { files: sized(store, files), removed };
}

function sized(store: ContentStore, files: readonly TreeEntry[]): Tree {
  return files.map((entry) => ({ ...entry, size: store.sizeOf(entry.digest) ?? 0 }));
}
